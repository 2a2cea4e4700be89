using System.Text.Json;

namespace Exchange.Node.Trust;

/// <summary>How far a rotation of keys is; kept in the key store, so that a restart goes on from there.</summary>
internal sealed record RotationState
{
    /// <summary>The step under way.</summary>
    public RotationStep Step { get; init; }

    /// <summary>The version of the master key that wraps everything when it is over.</summary>
    public uint Master { get; init; }

    /// <summary>Also the data keys are renewed, and payloads sealed under them.</summary>
    public bool WithPayloads { get; init; }

    /// <summary>Where the step under way goes on; empty at its beginning.</summary>
    public byte[] Cursor { get; init; } = [];

    /// <summary>Keys that were wrapped anew.</summary>
    public long Wrapped { get; init; }

    /// <summary>Ids that got a new data key.</summary>
    public long Renewed { get; init; }

    /// <summary>Payloads and entries that were sealed anew.</summary>
    public long Sealed { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When it was over; null while it isn't.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The value to store.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static RotationState Read(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<RotationState>(bytes)!;
}

/// <summary>The steps of a rotation, in their order.</summary>
internal enum RotationStep
{
    /// <summary>Keys are wrapped under the new master; the old one is destroyed at its end.</summary>
    Wrap,

    /// <summary>Every id gets a new data key, under which everything new is sealed.</summary>
    Renew,

    /// <summary>Payloads of records are sealed anew.</summary>
    Records,

    /// <summary>What is sealed outside records is.</summary>
    Entries,

    /// <summary>It is over.</summary>
    Done,
}
