using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>A worker as whoever wrote it remembers it.</summary>
internal sealed class Person
{
    public required RecordKey Key { get; init; }

    public required Worker Payload { get; set; }

    /// <summary>What the law says; null when it says nothing.</summary>
    public LegalBasisKind? Basis { get; set; }

    /// <summary>The newest word on the consent; 0 when none was ever given.</summary>
    public ulong ConsentVersion { get; set; }

    /// <summary>That word was no.</summary>
    public bool IsWithdrawn { get; set; }

    public RecordState State { get; set; } = RecordState.Active;

    public bool HasBasis => Basis == LegalBasisKind.StatutoryDuty
        || (Basis == LegalBasisKind.Consent && ConsentVersion > 0 && !IsWithdrawn);
}
