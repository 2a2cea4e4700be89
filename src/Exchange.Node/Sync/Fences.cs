using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// What a peer took back about persons, for good: a row for each record, without personal data, that outlives its
/// tombstone. Data from before that arrives later, in a replayed batch, an old bundle or the feed of a restored node,
/// isn't kept. Ordered by the consent's version where a consent is concerned, so that a renewal passes.
/// </summary>
internal sealed class Fences(IRecordStore store, FlowTerms terms)
{
    private readonly string _collection = Collection(terms.From);

    private bool _any;

    /// <summary>The collection that holds what a peer took back.</summary>
    public static string Collection(string peer) => $"fence/{peer}";

    /// <summary>Looks whether there are any, so that a node that has none asks nothing more.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken) =>
        _any = (await store.ReadEntriesAsync(_collection, default, default, 1, cancellationToken)).Count > 0;

    /// <summary>What stands before each change; null where nothing does, or altogether.</summary>
    public async Task<FenceRow?[]?> FindAsync(
        IReadOnlyList<IncomingChange> changes, CancellationToken cancellationToken)
    {
        if (!_any || !changes.Any(change => change is { IsPersonal: true, IsNamed: true }))
        {
            return null;
        }

        var found = await store.GetEntriesAsync(
            _collection, [.. changes.Select(change => change.KeyBytes)], cancellationToken);
        return [.. found.Select(value => value is { } row ? FenceRow.Read(row.Span) : null)];
    }

    /// <summary>Leaves out what a fence keeps out; returns how many that were.</summary>
    /// <param name="changes">What came.</param>
    /// <param name="now">The wall clock.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<int> DropAsync(
        List<IncomingChange> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await FindAsync(changes, cancellationToken) is not { } rows)
        {
            return 0;
        }

        var before = changes.Count;
        var kept = changes.Where((change, i) => rows[i] is not { } row || !Covers(row, change, now)).ToList();
        changes.Clear();
        changes.AddRange(kept);
        return before - kept.Count;
    }

    /// <summary>The fence that a removal leaves; null for a record about no person.</summary>
    public EntryWrite? Raise(IncomingChange change, FenceRow? standing, DateTimeOffset now)
    {
        if (change is not { IsPersonal: true, Change.Removal: { } removal })
        {
            return null;
        }

        _any = true;
        var isNewer = standing is null
            || change.CompareTo(standing.Version, standing.Revision) > 0
            || ChangeReader.IsAhead(standing.Version.Clock, now);
        var row = new FenceRow
        {
            Version = isNewer ? change.Version : standing!.Version,
            Revision = isNewer ? change.Revision : standing!.Revision,
            ConsentVersion = Math.Max(removal.ConsentVersion, standing?.ConsentVersion ?? 0),
            Reason = removal.Reason,
            Time = now,
        };
        return new EntryWrite(_collection, change.KeyBytes, row.ToBytes());
    }

    // Clocks that ran ahead stamped the removal and took it in; what its home writes since they were mended is older by
    // the letter. Such a version tells nothing, until the removal comes again under one of the present.
    private static bool IsBefore(IncomingChange change, FenceRow row, DateTimeOffset now) =>
        !ChangeReader.IsAhead(row.Version.Clock, now) && change.CompareTo(row.Version, row.Revision) <= 0;

    private bool Covers(FenceRow row, IncomingChange change, DateTimeOffset now)
    {
        if (change.Change.Record is not { } record)
        {
            return false;
        }

        if (row.IsForGood || IsBefore(change, row, now))
        {
            return true;
        }

        return row.ConsentVersion > 0
            && record.LegalBasis is { Kind: LegalBasisKind.Consent } basis
            && basis.Consents.Where(consent => Admission.IsFor(consent, terms)).ToList() is { Count: > 0 } consents
            && !(consents.Exists(consent => Knows(consent, row.ConsentVersion)) && IsAgreed(basis));
    }

    // A consent to one purpose may be older than the withdrawal of another: whoever knows of that is up to date.
    private static bool Knows(Consent consent, ulong withdrawal) =>
        consent.Version > withdrawal || (consent.Version == withdrawal && consent.Withdrawn);

    private bool IsAgreed(LegalBasis basis) =>
        terms.Purposes.Any(purpose => ConsentMerge.Latest(basis, terms.Recipients, purpose) is { Withdrawn: false });
}

/// <summary>That a record was taken back.</summary>
internal sealed record FenceRow
{
    private const byte FormatByte = 1;
    private const int MaxLength = 256;

    /// <summary>From which version on it was gone.</summary>
    public required RecordVersion Version { get; init; }

    /// <summary>Which word about that version said so.</summary>
    public required uint Revision { get; init; }

    /// <summary>The consent that ended; 0 when none was concerned.</summary>
    public required ulong ConsentVersion { get; init; }

    /// <summary>Why.</summary>
    public required RemovalReason Reason { get; init; }

    /// <summary>When it was told, by this node's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The person's data was erased: nothing of the record ever comes back.</summary>
    public bool IsForGood => ConsentVersion == ulong.MaxValue;

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Fixed(Version.Clock);
        row.Text(Version.Node);
        row.Number(Revision);
        row.Number(ConsentVersion);
        row.Number((ulong)Reason);
        row.Number((ulong)Time.ToUnixTimeMilliseconds());
        return row.ToArray();
    }

    /// <summary>
    /// Reads a stored value. One that was damaged keeps everything out: what it stood for may have been an erasure.
    /// </summary>
    public static FenceRow Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Parse(bytes);
        }
        catch (Exception exception) when (StoredDamage.Is(exception) || exception is ArgumentOutOfRangeException)
        {
            return new FenceRow
            {
                Version = new RecordVersion(0, ""),
                Revision = 0,
                ConsentVersion = ulong.MaxValue,
                Reason = RemovalReason.Unspecified,
                Time = DateTimeOffset.UnixEpoch,
            };
        }
    }

    private static FenceRow Parse(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        return new FenceRow
        {
            Version = new RecordVersion(row.Fixed(), row.Text()),
            Revision = (uint)row.Number(),
            ConsentVersion = row.Number(),
            Reason = (RemovalReason)row.Number(),
            Time = DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number()),
        };
    }
}
