using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>A worker as whoever wrote it remembers it.</summary>
internal sealed class Person
{
    public required RecordKey Key { get; init; }

    /// <summary>What the person was first taken in with; name and ID number never change.</summary>
    public required Worker First { get; init; }

    /// <summary>What stands at home.</summary>
    public required PersonFacts Facts { get; set; }

    /// <summary>The newest word on paper toward each recipient, which no restored backup forgets.</summary>
    public Dictionary<string, ulong> Paper { get; } = [];
}

/// <summary>What a home knows of a person; a backup keeps it.</summary>
internal sealed record PersonFacts
{
    public required Worker Payload { get; init; }

    /// <summary>Where the person is registered; empty when nobody at home knows any more.</summary>
    public required string Place { get; init; }

    /// <summary>What the law says; null when it says nothing.</summary>
    public LegalBasisKind? Basis { get; init; }

    /// <summary>The newest word toward each recipient.</summary>
    public IReadOnlyDictionary<string, ConsentWord> Consents { get; init; } = new Dictionary<string, ConsentWord>();

    public RecordState State { get; init; } = RecordState.Active;

    /// <summary>A partner gave back what it had.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Whether the law lets the person be known to a recipient.</summary>
    public bool HasBasis(string recipient) => Basis == LegalBasisKind.StatutoryDuty
        || (Basis == LegalBasisKind.Consent && Consents.TryGetValue(recipient, out var word) && !word.IsNo);

    /// <summary>The same with another word toward one recipient.</summary>
    public PersonFacts With(string recipient, ConsentWord word) =>
        this with { Consents = new Dictionary<string, ConsentWord>(Consents) { [recipient] = word } };
}

/// <summary>What a person said of one recipient.</summary>
/// <param name="Version">Orders the words.</param>
/// <param name="IsNo">The consent was withdrawn.</param>
internal readonly record struct ConsentWord(ulong Version, bool IsNo);
