using System.Security.Cryptography;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Agreements;

/// <summary>One version of an agreement that was found valid, with what follows from it.</summary>
internal sealed class AgreementTerms
{
    /// <summary>Takes an agreement that <see cref="AgreementRules"/> found nothing wrong with.</summary>
    public AgreementTerms(Agreement agreement)
    {
        Agreement = agreement;
        Digest = DigestOf(agreement);
        ValidFrom = DateRules.Day(agreement.ValidFromDate);
        ValidTo = DateRules.Day(agreement.ValidToDate);
    }

    /// <summary>The agreement itself. Not to be changed.</summary>
    public Agreement Agreement { get; }

    /// <summary>The SHA-256 of its deterministic serialization, by which nodes tell that they hold the same.</summary>
    public ByteString Digest { get; }

    /// <summary>The first day; null when it has always been in force.</summary>
    public DateOnly? ValidFrom { get; }

    /// <summary>The last day; null when no end was agreed.</summary>
    public DateOnly? ValidTo { get; }

    /// <summary>
    /// The SHA-256 of an agreement's deterministic serialization: fields in the order of their numbers.
    /// </summary>
    public static ByteString DigestOf(Agreement agreement) =>
        UnsafeByteOperations.UnsafeWrap(SHA256.HashData(agreement.ToByteArray()));

    /// <summary>Whether the agreement is in force on a day in Asia/Shanghai; both ends are included.</summary>
    public bool IsInForce(DateOnly day) => IsWithin(day, ValidFrom, ValidTo);

    /// <summary>Whether the first day has come.</summary>
    public bool HasBegun(DateOnly day) => ValidFrom is not { } first || day >= first;

    /// <summary>The partner of a node; null if the node is no party.</summary>
    public string? PartnerOf(string node) =>
        Party(node) is null ? null : Agreement.Parties.First(party => party.Node != node).Node;

    /// <summary>A party by its node's id; null if the node is none.</summary>
    public AgreementParty? Party(string node) => Agreement.Parties.FirstOrDefault(party => party.Node == node);

    /// <summary>What flows from one node to the other, one flow for each purpose; empty when nothing does.</summary>
    public IEnumerable<AgreementFlow> Flows(string from, string to) =>
        Agreement.Flows.Where(flow => flow.FromNode == from && flow.ToNode == to);

    /// <summary>Whether a pair of divisions works together on a day.</summary>
    public static bool IsInForce(DivisionPair pair, DateOnly day) =>
        IsWithin(day, DateRules.Day(pair.ValidFromDate), DateRules.Day(pair.ValidToDate));

    private static bool IsWithin(DateOnly day, DateOnly? from, DateOnly? to) =>
        (from is not { } first || day >= first) && (to is not { } last || day <= last);
}
