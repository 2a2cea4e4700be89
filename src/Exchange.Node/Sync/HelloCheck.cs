using Exchange.Node.Agreements;
using Exchange.Node.Outages;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>Whether two nodes may talk: each checks the other's Hello, and says exactly what doesn't fit.</summary>
internal static class HelloCheck
{
    /// <summary>The lowest version of the sync protocol that this software speaks.</summary>
    public const uint MinProtocol = 1;

    /// <summary>The highest.</summary>
    public const uint MaxProtocol = 1;

    private const int ShownDigestLength = 16;

    /// <summary>Returns what keeps the session from starting; null when nothing does.</summary>
    public static SyncFailure? Check(SyncHello hello, SyncSessionOptions ours, string sessionId, DateTimeOffset now)
    {
        if (hello.Node != ours.Peer)
        {
            return SyncFailure.PeerUnknown(hello.Node);
        }

        return Protocol(hello)
            ?? Form(hello, ours, sessionId)
            ?? Agreement(hello, ours)
            ?? InForce(ours, now);
    }

    /// <summary>Whether this side's agreement is in force now; asked again while a live session is open.</summary>
    public static SyncFailure? InForce(SyncSessionOptions ours, DateTimeOffset now)
    {
        var terms = ours.Agreement;
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, NodeIdentity.TimeZone).DateTime);

        // After the end, what is still out is taken back: such a session gives nothing new.
        if (terms.IsInForce(day) || (ours.IsWindingUp && terms.ValidTo < day))
        {
            return null;
        }

        var (from, to) = (Day(terms.ValidFrom), Day(terms.ValidTo));
        return new SyncFailure(
            StatusCode.FailedPrecondition,
            ErrorReason.AgreementNotInForce,
            $"Agreement '{terms.Agreement.Id}' is valid {Span(from, to)}. Put one that is in force on both nodes.")
        {
            Metadata = new Dictionary<string, string>
            {
                ["agreement"] = terms.Agreement.Id,
                ["valid_from"] = from,
                ["valid_to"] = to,
            },
        };
    }

    private static SyncFailure? Protocol(SyncHello hello)
    {
        if (hello.MinProtocol <= MaxProtocol && hello.MaxProtocol >= MinProtocol)
        {
            return null;
        }

        var (ours, theirs) = ($"{MinProtocol}-{MaxProtocol}", $"{hello.MinProtocol}-{hello.MaxProtocol}");
        return new SyncFailure(
            StatusCode.FailedPrecondition,
            ErrorReason.ContractUnsupported,
            $"This node speaks sync protocol {ours}, '{hello.Node}' speaks {theirs}. Upgrade the older one.")
        {
            Metadata = new Dictionary<string, string> { ["ours"] = ours, ["theirs"] = theirs },
        };
    }

    // Ids and epochs end up in logs, keys and receipts; what isn't a UUID must not get there.
    private static SyncFailure? Form(SyncHello hello, SyncSessionOptions ours, string sessionId)
    {
        if (!Guid.TryParseExact(hello.Epoch, "D", out _))
        {
            return SyncFailure.Protocol("the Hello's epoch isn't a UUID");
        }

        if (OutageRules.FaultOf(hello.PlannedOutages, hello.Node) is { } fault)
        {
            return SyncFailure.Protocol($"the Hello can't be taken: {fault}");
        }

        if (ours.IsCaller)
        {
            return hello.SessionId == sessionId
                ? null
                : SyncFailure.Protocol($"the Hello doesn't echo session id {sessionId}");
        }

        return Guid.TryParseExact(hello.SessionId, "D", out _)
            ? null
            : SyncFailure.Protocol("the Hello's session id isn't a UUID");
    }

    private static SyncFailure? Agreement(SyncHello hello, SyncSessionOptions ours)
    {
        if (IsHello(ours.Agreement, hello) || (ours.Successor is { } successor && IsHello(successor, hello)))
        {
            return null;
        }

        var agreement = ours.Agreement.Agreement;
        var mine = Text(agreement.Version, ours.Agreement.Digest);
        var theirs = Text(hello.AgreementVersion, hello.AgreementDigest);
        if (hello.AgreementId != agreement.Id)
        {
            theirs = $"{(NodeIds.IsValid(hello.AgreementId) ? hello.AgreementId : "unnamed")} {theirs}";
        }

        return new SyncFailure(
            StatusCode.FailedPrecondition,
            ErrorReason.AgreementMismatch,
            $"'{ours.Node}' holds agreement '{agreement.Id}' version {mine}, '{hello.Node}' holds {theirs}. "
            + "Put the same agreement on both.")
        {
            Metadata = new Dictionary<string, string>
            {
                ["agreement"] = agreement.Id,
                ["ours"] = mine,
                ["theirs"] = theirs,
            },
        };
    }

    private static bool IsHello(AgreementTerms terms, SyncHello hello) =>
        hello.AgreementId == terms.Agreement.Id
        && hello.AgreementVersion == terms.Agreement.Version
        && hello.AgreementDigest.Equals(terms.Digest);

    // The beginning of a digest tells two texts apart as well as the whole does, and fits on a line.
    private static string Text(uint version, ByteString digest)
    {
        var hex = Convert.ToHexStringLower(digest.Span);
        return $"{version} ({(hex.Length == 0 ? "no digest" : hex[..Math.Min(ShownDigestLength, hex.Length)])})";
    }

    private static string Day(DateOnly? day) =>
        day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    private static string Span(string from, string to) =>
        (from.Length == 0 ? "" : $"from {from} ") + (to.Length == 0 ? "without end" : $"to {to}");
}
