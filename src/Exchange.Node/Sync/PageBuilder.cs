using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// Collects the changes of one page with what must be durable before they are sent: register rows and digest.
/// </summary>
internal sealed class PageBuilder(
    FlowTerms terms, ViewMaker views, OutgoingState state, DigestSums digest, DateTimeOffset now) : IDisposable
{
    /// <summary>The most changes of any page; terms may ask for fewer.</summary>
    public const int MaxChanges = 1000;

    private const int MaxBytes = 1 << 20;

    // What a change has beside payload and envelope: ids, version, hash, projection.
    private const int ChangeOverhead = 160;

    private readonly PageHasher _hasher = new(terms.DigestKey);
    private readonly List<SyncChange> _changes = [];
    private readonly List<EntryWrite> _entries = [];
    private int _bytes;
    private DigestSums? _digest;

    /// <summary>The changes, in the order in which they are to be sent.</summary>
    public IReadOnlyList<SyncChange> Changes => _changes;

    /// <summary>What to write before they are.</summary>
    public List<EntryWrite> Entries => _entries;

    /// <summary>The digest once the page is sent.</summary>
    public DigestSums Digest => _digest ?? digest;

    /// <summary>Since when, and by when, some of the records are asked back.</summary>
    public IReadOnlyDictionary<RecordKey, Ask> Asks { get; init; } = new Dictionary<RecordKey, Ask>();

    /// <summary>Records that no gate let through.</summary>
    public ulong Withheld { get; private set; }

    /// <summary>Records that had no legal basis toward the peer.</summary>
    public ulong WithheldForBasis { get; private set; }

    /// <summary>The kinds of the changes.</summary>
    public HashSet<string> Kinds { get; } = [];

    /// <summary>The homes of those that were passed on.</summary>
    public HashSet<string> Origins { get; } = [];

    /// <summary>Records that are damaged, or of which an event that decides about them is.</summary>
    public List<RecordKey> Unreadable { get; } = [];

    /// <summary>
    /// Records of which the peer was told later versions than there are, when they were taken back: it would skip them.
    /// They aren't sent before they have a version of their own behind that.
    /// </summary>
    public List<(StoredRecord Stored, Store.RecordVersion Behind)> Overtaken { get; } = [];

    /// <summary>Adds what the peer must be told of a record, if anything; false when the page is full.</summary>
    /// <param name="candidate">The record.</param>
    /// <param name="delivery">How it is sent.</param>
    /// <param name="skipHeld">Leave out what the peer surely holds just so.</param>
    public bool TryAdd(Candidate candidate, Delivery delivery, bool skipHeld)
    {
        var size = candidate.Stored.Payload.Length + candidate.Stored.Envelope.Length + ChangeOverhead;
        if (_changes.Count == terms.MaxChanges || (_changes.Count > 0 && _bytes + size > MaxBytes))
        {
            return false;
        }

        var before = _changes.Count;
        Add(candidate, delivery, skipHeld);
        _bytes += _changes.Count > before ? size : 0;
        return true;
    }

    public void Dispose() => _hasher.Dispose();

    private void Add(Candidate candidate, Delivery delivery, bool skipHeld)
    {
        // Nobody was referred to this peer: that needs no look into the envelope, and it is what most workers are.
        if (candidate.IsUnseen)
        {
            Withheld += candidate.Stored.IsTombstone ? 0u : 1u;
            return;
        }

        if (RecordCodec.TryEnvelope(candidate.Stored) is not { } envelope)
        {
            Unreadable.Add(candidate.Stored.Key);
            return;
        }

        var verdict = Admission.Judge(terms, candidate, envelope);
        if (verdict.IsFlowing && candidate.IsSightUnknown)
        {
            // Neither sent nor taken back before somebody can tell.
            Unreadable.Add(candidate.Stored.Key);
        }
        else if (verdict.IsFlowing)
        {
            Send(candidate, envelope, verdict, delivery, skipHeld);
        }
        else if (candidate.Row is not null || candidate.Held is not null)
        {
            TakeBack(candidate, verdict.Judgement, envelope, delivery);
        }
        else if (!candidate.IsBarred)
        {
            var judgement = verdict.Judgement;
            Withheld += judgement == Judgement.OutOfScope ? 1u : 0u;
            WithheldForBasis += judgement == Judgement.WithoutBasis && envelope.State == RecordState.Active ? 1u : 0u;
        }
    }

    private void Send(
        Candidate candidate, Record envelope, Verdict verdict, Delivery delivery, bool skipHeld)
    {
        if (candidate.Origin is null && Told(candidate) is { } told
            && told.CompareTo(candidate.Stored.Version) > 0
            && !ChangeReader.IsAhead(told.Clock, now))
        {
            // One from a clock that ran ahead stands in nobody's way.
            Overtaken.Add((candidate.Stored, told));
            return;
        }

        View view;
        try
        {
            view = views.Make(candidate, envelope, verdict, _hasher);
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            // One damaged record must not hold up all others.
            Unreadable.Add(candidate.Stored.Key);
            return;
        }

        var row = candidate.Row;
        var same = row is { IsWithdrawn: false } && row.Version == candidate.Stored.Version
            && row.Revision == view.Revision && row.Item == view.Item;
        if (same && skipHeld && state.IsHeld(row!))
        {
            return;
        }

        _changes.Add(new SyncChange { Record = views.ToRecord(envelope, candidate.Kind!, view) });
        if (!same)
        {
            Exchange(candidate, view.Item);
        }

        if (row is { IsWithdrawn: true })
        {
            _entries.Add(OpenRetractions.Drop(terms.To, candidate.Key));
        }

        Register(candidate, candidate.Stored.Version, view.Revision, view.Item, view.For, delivery);
    }

    // The latest version that the peer has of what isn't given to it.
    private static Store.RecordVersion? Told(Candidate candidate)
    {
        if (candidate.Row is not { IsWithdrawn: true } row)
        {
            return null;
        }

        return candidate.Held is { } held && held.Version.CompareTo(row.Version) > 0 ? held.Version : row.Version;
    }

    private void TakeBack(Candidate candidate, Judgement judgement, Record envelope, Delivery delivery)
    {
        var (row, isRepair) = (candidate.Row, candidate.Held is not null);
        if (row is { IsWithdrawn: true } && !isRepair && state.IsHeld(row))
        {
            return;
        }

        var again = !isRepair && row is { IsWithdrawn: true } && row.Version == candidate.Stored.Version;
        var revision = again ? row!.Revision : ViewMaker.NextRevision(candidate);
        var version = candidate.Stored.Version;
        if (row is not null && row.Version > version && !ChangeReader.IsAhead(row.Version.Clock, now))
        {
            // A restore lost the version that the peer has, and it would skip the removal of an older one.
            (version, revision) = (row.Version, row.Revision + (row.IsWithdrawn ? 0u : 1u));
        }

        if (candidate.Held is { } held && held.Version.CompareTo(version) > 0)
        {
            // The peer holds a later version than there is, and would skip an older removal.
            (version, revision) = (held.Version, held.Revision + 1);
        }

        // One that is on its way already is open since it was first asked for.
        var ask = Asks.TryGetValue(candidate.Stored.Key, out var asked) ? asked
            : candidate.Open?.Ask ?? new Ask(now, terms.WindsUpBy);
        var note = Note(candidate, judgement, envelope);
        _changes.Add(new SyncChange
        {
            Removal = new Removal
            {
                Kind = candidate.Stored.Key.Kind,
                Id = candidate.Stored.Key.Id.ToString(),
                Version = new V1.RecordVersion { Clock = version.Clock, Node = version.Node },
                Revision = revision,
                Reason = note.Reason,
                ConsentVersion = note.ConsentVersion,
                DeliverByTime = ask.DeliverBy?.ToTimestamp(),
            },
        });
        if (row is { IsWithdrawn: false })
        {
            Exchange(candidate, item: null);
        }

        // Under the version that is sent now, which its acknowledgement will name: it may have been open under another
        // before, above all after a restore.
        var open = new OpenRetraction(ask, version, revision);
        _entries.Add(OpenRetractions.Write(terms.To, candidate.Key, open));
        Register(candidate, version, revision, item: 0, sent: null, delivery);
    }

    private void Exchange(Candidate candidate, UInt128? item)
    {
        _digest ??= digest.Copy();
        var bucket = _hasher.Bucket(candidate.Key.Span);
        if (candidate.Row is { IsWithdrawn: false } row)
        {
            _digest.Subtract(bucket, row.Item);
        }

        if (item is { } added)
        {
            _digest.Add(bucket, added);
        }
    }

    private void Register(
        Candidate candidate,
        Store.RecordVersion version,
        uint revision,
        UInt128 item,
        PurposeSet? sent,
        Delivery delivery)
    {
        Kinds.Add(candidate.Stored.Key.Kind);

        // What was taken back is told of by what was shown last, not by the terms that no longer show it.
        var shown = sent is null ? candidate.Row : null;
        var named = sent ?? terms.All;
        var row = new DisclosureRow
        {
            Version = version,
            Revision = revision,
            Item = item,
            IsWithdrawn = sent is null,
            Projection = shown?.Projection ?? named.Projection,
            Agreement = shown?.Agreement ?? terms.Agreement,
            Purposes = shown?.Purposes ?? named.Purposes,
            Time = now,
            Delivery = delivery,
        };
        _entries.Add(DisclosureRegister.Write(terms.To, candidate.Key, row));
        var isConfirmed = candidate.Row is { } before && state.IsHeld(before);
        if (DisclosureHistory.Keep(terms.To, candidate.Key, candidate.Row, row, isConfirmed) is { } kept)
        {
            _entries.Add(kept);
        }

        // A record that is gone here without a trace is still known by its version.
        var origin = candidate.Origin ?? state.Origins.FirstOrDefault(home => home == version.Node);
        if (origin is not null)
        {
            Origins.Add(origin);
            _entries.Add(PassedOnReports.MarkOf(origin, candidate.Key, terms.To, row));
        }
    }

    // What its home took back is passed on as the home told it.
    private RemovalNote Note(Candidate candidate, Judgement judgement, Record envelope) =>
        candidate is { Origin: not null, Stored.IsTombstone: true }
            ? RemovalNote.Read(StoredEnvelope.Note(candidate.Stored))
            : new RemovalNote(
                Reason(judgement, envelope),
                judgement == Judgement.WithoutBasis ? ConsentVersion(envelope) : 0);

    // Erased is for good; a frozen record comes back with the next version, whatever consents say.
    private ulong ConsentVersion(Record envelope) => envelope.State switch
    {
        RecordState.Erased => ulong.MaxValue,
        RecordState.Active => terms.Purposes
            .Select(purpose => ConsentMerge.Latest(envelope.LegalBasis, terms.Recipients, purpose))
            .Max(consent => consent is { Withdrawn: true } ? consent.Version : 0),
        _ => 0,
    };

    private static RemovalReason Reason(Judgement judgement, Record envelope) => judgement switch
    {
        Judgement.Deleted when envelope.RemovalReason != RemovalReason.Unspecified => envelope.RemovalReason,
        Judgement.Deleted => RemovalReason.Deleted,
        Judgement.WithoutBasis => RemovalReason.ConsentWithdrawn,
        _ => RemovalReason.LeftScope,
    };
}
