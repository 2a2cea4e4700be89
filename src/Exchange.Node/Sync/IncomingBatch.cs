using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// One commit of what a peer sent: records, quarantine, sightings, digest and cursor. Everything that depends on what
/// each put did is worked out inside the commit.
/// </summary>
internal sealed class IncomingBatch
{
    private readonly FlowTerms _terms;
    private readonly DataKeys _keys;
    private readonly Fences _fences;
    private readonly Successions _successions;
    private readonly byte[] _peer;
    private readonly DateTimeOffset _now;
    private readonly string _epoch;
    private readonly List<RecordPut> _puts = [];
    private readonly List<Held> _held = [];
    private readonly List<EntryWrite> _entries = [];
    private readonly List<(int Bucket, UInt128 Item, bool IsAdded)> _moves = [];

    /// <summary>Begins a batch.</summary>
    /// <param name="terms">The direction from the peer to this node.</param>
    /// <param name="keys">Seals what is quarantined.</param>
    /// <param name="fences">Keeps out what was taken back.</param>
    /// <param name="successions">Who has taken whose place.</param>
    /// <param name="epoch">The epoch of the peer's feed.</param>
    /// <param name="now">The wall clock.</param>
    public IncomingBatch(
        FlowTerms terms, DataKeys keys, Fences fences, Successions successions, string epoch, DateTimeOffset now)
    {
        (_terms, _keys, _fences, _successions, _epoch, _now) = (terms, keys, fences, successions, epoch, now);
        _peer = Encoding.UTF8.GetBytes(terms.From);
    }

    /// <summary>The puts that were derived from changes; <see cref="Held.Change"/> of each says which.</summary>
    public IReadOnlyList<RecordPut> Puts => _puts;

    /// <summary>Entries that don't depend on what the puts do.</summary>
    public IReadOnlyList<EntryWrite> Entries => _entries;

    /// <summary>Changes that were quarantined now, or were before.</summary>
    public List<IncomingChange> Quarantined { get; } = [];

    /// <summary>
    /// Changes that are older than one that waits in quarantine, or that are refused and older than what is stored.
    /// </summary>
    public int Stale { get; private set; }

    /// <summary>How many more changes wait in quarantine.</summary>
    public long QuarantineGrowth { get; private set; }

    /// <summary>A person's data is erased: nothing of it may stay in the store's files.</summary>
    public bool Erases { get; private set; }

    /// <summary>The newest clock among what is stored.</summary>
    public ulong Clock { get; private set; }

    /// <summary>The records that the puts wrote.</summary>
    public HashSet<RecordKey> AppliedOf(IReadOnlyList<PutOutcome> outcomes)
    {
        var applied = new HashSet<RecordKey>(outcomes.Count);
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i].Applied)
            {
                applied.Add(_puts[i].Key);
            }
        }

        return applied;
    }

    /// <summary>
    /// Whom the records that were written bring into sight, or whose sight was decided by one that was taken back.
    /// What was skipped has been looked at when it first came: a repeat moves no feed, so that nothing would wake the
    /// session that is to read the queue.
    /// </summary>
    public IEnumerable<EntryWrite> SightingsOf(IReadOnlyList<PutOutcome> outcomes)
    {
        for (var i = 0; i < outcomes.Count; i++)
        {
            var change = _held[i].Change;
            var entries = !outcomes[i].Applied ? []
                : change.Facts.Sightings.Count > 0
                    ? Sightings.EntriesFor(change.Key, change.Home, change.Facts, _successions, _now)
                    : change.Change.Removal is not null && outcomes[i].Previous is { IsTombstone: false } previous
                        ? Sightings.EntriesForTakenBack(previous, _successions)
                        : [];
            foreach (var entry in entries)
            {
                yield return entry;
            }
        }
    }

    /// <summary>That the keys of persons are to be destroyed who were erased at their home.</summary>
    public IEnumerable<EntryWrite> RetirementsOf(IReadOnlyList<PutOutcome> outcomes) => !Erases ? [] :
        KeyRetirements.Queue(outcomes.Where((outcome, i) => outcome.Applied
                && _held[i].Change is { IsPersonal: true, Change.Removal.ConsentVersion: RemovalNote.Erased })
            .Select(outcome => outcome.Previous));

    /// <summary>The change behind a put.</summary>
    public IncomingChange ChangeOf(int put) => _held[put].Change;

    /// <summary>Adds entries that don't depend on what the puts do.</summary>
    public void Also(IEnumerable<EntryWrite> entries) => _entries.AddRange(entries);

    /// <summary>Adds a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="row">What waits in quarantine of its record.</param>
    /// <param name="stored">What is stored of its record; asked for only with a row, or when it is refused.</param>
    /// <param name="fence">What was taken back of its record before; null when nothing was.</param>
    public void Add(IncomingChange change, QuarantineRow? row, StoredRecord? stored, FenceRow? fence)
    {
        // Versions of different epochs can't be compared: a node that was restored or mended its clock counts anew.
        var order = row is null || row.Epoch != _epoch ? 1 : change.CompareTo(row.Version, row.Revision);
        if (order < 0 || (row is null && change.Refusal is not null && IsBehind(change, stored)))
        {
            Stale++;
        }
        else if (change.Refusal is { } refusal)
        {
            // The reason may have become another one: then it must not be tried again and again for the first.
            Quarantine(change, refusal, row, stored, isRepeat: order == 0 && row!.Reason == refusal.Reason);
        }
        else
        {
            Store(change, row, stored);
            if (_fences.Raise(change, fence, _now) is { } raised)
            {
                _entries.Add(raised);
                Erases |= change.Change.Removal.Reason == RemovalReason.ConsentWithdrawn;
            }
        }
    }

    /// <summary>Works out the digest after the commit.</summary>
    /// <exception cref="ForeignHomeException">A put meets what another node gave, however old it is.</exception>
    /// <exception cref="RunawayVersionException">
    /// A put was skipped because of a version that lies in the future.
    /// </exception>
    public DigestSums Sum(DigestSums digest, IReadOnlyList<PutOutcome> outcomes)
    {
        Dictionary<int, StoredRecord>? foreign = null;
        Dictionary<int, RecordVersion>? runaway = null;
        var sums = digest.Copy();
        foreach (var (bucket, item, isAdded) in _moves)
        {
            Move(sums, bucket, item, isAdded);
        }

        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i].Previous is { } previous && !IsFromPeer(previous) && _held[i].Change.TakenOver is null)
            {
                (foreign ??= []).Add(i, previous);
            }
            else if (!outcomes[i].Applied && ChangeReader.IsAhead(outcomes[i].Version.Clock, _now))
            {
                (runaway ??= []).Add(i, outcomes[i].Version);
            }
            else
            {
                Sum(sums, _held[i], outcomes[i]);
            }
        }

        return foreign is not null ? throw new ForeignHomeException(foreign)
            : runaway is not null ? throw new RunawayVersionException(runaway)
            : sums;
    }

    // What would be skipped if it weren't refused isn't kept for a person to decide about either: it came late, and
    // what it says is over. The peer counts what it gave last.
    private bool IsBehind(IncomingChange change, StoredRecord? stored) =>
        stored is not null && IsFromPeer(stored) && !ChangeReader.IsAhead(stored.Version.Clock, _now)
        && change.CompareTo(stored.Version, stored.Revision) < 0;

    private void Quarantine(
        IncomingChange change, Refusal refusal, QuarantineRow? row, StoredRecord? stored, bool isRepeat)
    {
        Quarantined.Add(change);
        if (isRepeat)
        {
            return;
        }

        if (row is not null && row.IsOf(change) && row.Reason == refusal.Reason)
        {
            // Its sender's feed began anew, and the same came once more: also what a person decided about it stands.
            var known = (row with { Epoch = _epoch }).ToBytes();
            var asItWas = new EntryExpectation(row.ToBytes());
            _entries.Add(new EntryWrite(QuarantineRow.Collection(_terms.From), change.KeyBytes, known, asItWas));
            return;
        }

        var sealedChange = refusal.IsForGood ? [] : _keys.Seal(
            RecordCodec.SealedBy(change.Key, change.Change.Record, _terms.To), change.Key, change.Change.ToByteArray());
        var next = new QuarantineRow
        {
            Reason = refusal.Reason,
            Message = refusal.Message,
            Version = change.Version,
            Revision = change.Revision,
            Epoch = _epoch,
            Item = change.Item,
            Time = _now,
            Sealed = sealedChange,
            Discarded = refusal.IsForGood ? new Discard(_now, refusal.Message) : null,
        };
        _entries.Add(new EntryWrite(QuarantineRow.Collection(_terms.From), change.KeyBytes, next.ToBytes()));
        QuarantineGrowth += row is null ? 1 : 0;
        Forget(change, row);
        if (change.IsNamed)
        {
            Replace(change.Bucket, row is null ? StoredItem(stored) : row.Item, change.Item);
        }
    }

    private void Store(IncomingChange change, QuarantineRow? row, StoredRecord? stored)
    {
        if (row is not null)
        {
            _entries.Add(new EntryWrite(QuarantineRow.Collection(_terms.From), change.KeyBytes, Value: null));
            QuarantineGrowth--;
            Forget(change, row);
            Replace(change.Bucket, row.Item, null);
        }

        if (change.Put is null)
        {
            // What is stored came from another giver, who hasn't taken it back.
            return;
        }

        _puts.Add(change.Put);
        _held.Add(new Held(change, row is not null, StoredItem(stored)));
        Clock = Math.Max(Clock, change.Version.Clock);
    }

    private void Forget(IncomingChange change, QuarantineRow? row)
    {
        if (row is { Discarded: not null })
        {
            _entries.Add(Discards.Forget(_terms.From, change.KeyBytes));
        }
    }

    private void Sum(DigestSums sums, Held held, PutOutcome outcome)
    {
        if (!outcome.Applied)
        {
            // What stands there is counted already, unless something in quarantine was counted in its place.
            if (held.HadRow && held.StoredItem is { } present)
            {
                sums.Add(held.Change.Bucket, present);
            }

            return;
        }

        if (!held.HadRow && StoredItem(outcome.Previous) is { } replaced)
        {
            sums.Subtract(held.Change.Bucket, replaced);
        }

        if (held.Change.Item is { } item)
        {
            sums.Add(held.Change.Bucket, item);
        }
    }

    private void Replace(int bucket, UInt128? before, UInt128? after)
    {
        if (before is { } old)
        {
            _moves.Add((bucket, old, false));
        }

        if (after is { } now)
        {
            _moves.Add((bucket, now, true));
        }
    }

    private static void Move(DigestSums sums, int bucket, UInt128 item, bool isAdded)
    {
        if (isAdded)
        {
            sums.Add(bucket, item);
        }
        else
        {
            sums.Subtract(bucket, item);
        }
    }

    // What a stored record adds to this peer's digest: nothing if it is gone, or another node's.
    private UInt128? StoredItem(StoredRecord? stored)
    {
        if (stored is null or { IsTombstone: true } || !IsFromPeer(stored))
        {
            return null;
        }

        return StoredEnvelope.Item(stored);
    }

    private bool IsFromPeer(StoredRecord stored) => StoredEnvelope.IsFrom(stored, _peer);

    private readonly record struct Held(IncomingChange Change, bool HadRow, UInt128? StoredItem);
}

/// <summary>Some puts of a batch are for records that another node gave, or that are at home here.</summary>
internal sealed class ForeignHomeException(IReadOnlyDictionary<int, StoredRecord> puts)
    : Exception("A put is for another node's record.")
{
    /// <summary>Their places in the commit, and what stands there.</summary>
    public IReadOnlyDictionary<int, StoredRecord> Puts { get; } = puts;
}

/// <summary>
/// Some puts of a batch were skipped for a version from a clock that had run away: it lies in the future still, and
/// they
/// don't.
/// </summary>
internal sealed class RunawayVersionException(IReadOnlyDictionary<int, RecordVersion> puts)
    : Exception("A version that lies in the future stands in the way.")
{
    /// <summary>Their places in the commit, and what stands there.</summary>
    public IReadOnlyDictionary<int, RecordVersion> Puts { get; } = puts;
}
