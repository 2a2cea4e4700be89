namespace Exchange.Node.Trust;

/// <summary>What stands before a backup of keys, readable by everybody and authenticated with the rest.</summary>
internal sealed record KeyBackupHeader
{
    /// <summary>The version of the layout.</summary>
    public int Format { get; init; } = 1;

    /// <summary>How its key is made and what encrypts it.</summary>
    public string Suite { get; init; } = "";

    /// <summary>The key store that it holds.</summary>
    public Guid StoreId { get; init; }

    /// <summary>When it was taken.</summary>
    public DateTimeOffset Taken { get; init; }

    /// <summary>From when on it is refused: it may hold keys of persons who were erased since.</summary>
    public DateTimeOffset Expires { get; init; }

    /// <summary>The salt of a passphrase.</summary>
    public byte[] Salt { get; init; } = [];

    /// <summary>The rounds of a passphrase.</summary>
    public int Iterations { get; init; }

    /// <summary>The one-time key for a recovery key (SubjectPublicKeyInfo).</summary>
    public byte[] EphemeralKey { get; init; } = [];
}
