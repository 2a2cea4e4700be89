using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Reviews;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// Takes back what one partner held of this node's records, after this node was restored from a backup. Does nothing on
/// a node that wasn't, nor when the partner has given everything back already: no partner writes our records otherwise.
/// </summary>
internal sealed class ReturnTaker(
    IRecordStore store,
    FlowTerms flow,
    RecordCodec codec,
    RecordKinds kinds,
    IPersonTokens tokens,
    Successions successions,
    TimeProvider time)
{
    private const int MaxAttempts = 5;

    private readonly byte[] _home = Encoding.UTF8.GetBytes(flow.From);

    /// <summary>Takes a batch in one commit. A repeat changes nothing.</summary>
    public async Task<SyncAck> ApplyAsync(SyncBatch batch, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ApplyOnceAsync(batch, cancellationToken);
            }
            catch (StoreException lost) when (
                lost is VersionConflictException or EntryConflictException && attempt < MaxAttempts)
            {
                // A local system wrote one of the records in between.
            }
        }
    }

    private async Task<SyncAck> ApplyOnceAsync(SyncBatch batch, CancellationToken cancellationToken)
    {
        var ack = new SyncAck { Applied = batch.To };
        var status = await store.GetStatusAsync(cancellationToken);
        var (state, standing) = await ReturnState.FindAsync(store, flow.To, ReturnState.Taking, cancellationToken);
        var epoch = status.Epoch.ToString();
        if (status.Restored is not { } restored || (state?.Epoch == epoch && state.IsComplete))
        {
            ack.SkippedCount = (uint)batch.Changes.Count;
            return ack;
        }

        state = state?.Epoch == epoch
            ? state
            : new ReturnState { Epoch = epoch, Time = EpochTime.Of(status.Epoch) };
        var page = new Page(new ReturnRules(flow, restored, codec)) { State = state };
        await FillAsync(page, Read(batch, ack), cancellationToken);
        page.State = page.State with { IsComplete = SyncChanges.EndReturns(batch.Changes) };
        page.Entries.Add(new EntryWrite(
            ReturnState.Collection(flow.To),
            ReturnState.Taking,
            page.State.ToBytes(),
            new EntryExpectation(standing)));
        store.Observe(page.Clock);
        await store.CommitAsync(
            new Commit { Puts = page.Puts, Entries = page.Entries }, cancellationToken);
        if (page.Puts.Exists(put => put.ForgetsPrevious))
        {
            await store.ScrubAsync(cancellationToken);
        }

        ack.AppliedCount = (uint)page.Puts.Count;
        ack.SkippedCount = (uint)(batch.Changes.Count - page.Puts.Count);
        return ack;
    }

    private List<ReturnedChange> Read(SyncBatch batch, SyncAck ack)
    {
        var now = time.GetUtcNow();
        var read = new Dictionary<RecordKey, ReturnedChange>();
        foreach (var change in batch.Changes)
        {
            if (ReturnedChange.Read(change.Returned, flow.From) is not { } returned)
            {
                continue;
            }

            if (ChangeReader.IsAhead(returned.Version.Clock, now))
            {
                // Nobody may push this node's clock into the future, not even with what bears its own name.
                ack.Quarantined.Add(new QuarantinedChange
                {
                    Kind = returned.Key.Kind,
                    Id = returned.Key.Id.ToString(),
                    Reason = ErrorReason.ChangeClockAhead,
                    Message = string.Create(
                        CultureInfo.InvariantCulture,
                        $"Its clock is {(returned.Version.Time - now).TotalSeconds:F0} s ahead of this node's."),
                });
                continue;
            }

            read.TryAdd(returned.Key, returned);
        }

        return [.. read.Values];
    }

    private async Task FillAsync(Page page, List<ReturnedChange> changes, CancellationToken cancellationToken)
    {
        var stored = await store.GetManyAsync(changes.ConvertAll(change => change.Key), cancellationToken);
        var rows = await DisclosureRegister.FindAsync(
            store, flow.To, changes.ConvertAll(change => (ReadOnlyMemory<byte>)change.KeyBytes), cancellationToken);
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            if (stored[i] is { } other && !StoredEnvelope.HomeNode(other).SequenceEqual(_home))
            {
                continue;
            }

            page.Clock = Math.Max(page.Clock, change.Version.Clock);
            if (change.NextRow(rows[i], flow, time.GetUtcNow()) is { } row)
            {
                page.Entries.Add(DisclosureRegister.Write(flow.To, change.KeyBytes, row));
                var isConfirmed = rows[i] is { Delivery.IsAcknowledged: true };
                if (DisclosureHistory.Keep(flow.To, change.KeyBytes, rows[i], row, isConfirmed) is { } kept)
                {
                    page.Entries.Add(kept);
                }
            }

            Do(page, change, stored[i], Judge(page.Rules, change, stored[i]));
        }
    }

    // An erasure that the backup didn't have and the partner hasn't heard of isn't undone by what the partner holds.
    private ReturnVerdict Judge(ReturnRules rules, ReturnedChange change, StoredRecord? stored)
    {
        var verdict = rules.Judge(change, stored);
        return verdict.Deed == ReturnDeed.KeepPartial && codec.WasErased(change.Key, change.Record!)
            ? ReturnRules.EraseAgain(change)
            : verdict;
    }

    private void Do(Page page, ReturnedChange change, StoredRecord? stored, ReturnVerdict verdict)
    {
        var put = verdict.Deed switch
        {
            ReturnDeed.KeepPartial => Partial(page, change, stored),
            ReturnDeed.Restamp => Restamp(stored!, Joined(stored!, change), verdict.Version),
            ReturnDeed.Bury => Bury(change, stored, verdict.Version, change.Note.Reason),
            ReturnDeed.Erase => Bury(change, stored, verdict.Version, RemovalReason.ConsentWithdrawn),
            ReturnDeed.Freeze => Restamp(stored!, Frozen(stored!), verdict.Version),
            ReturnDeed.Withdraw => Restamp(stored!, Withdrawn(stored!, change.Note.ConsentVersion), verdict.Version),
            _ => null,
        };
        if (put is null)
        {
            return;
        }

        page.Puts.Add(put);
        var state = page.State;
        page.State = state with
        {
            Returned = state.Returned + (verdict.Deed == ReturnDeed.KeepPartial ? 1u : 0u),
            Restamped = state.Restamped + (verdict.Deed == ReturnDeed.Restamp ? 1u : 0u),
            ErasedAgain = state.ErasedAgain + (verdict.IsAgain ? 1u : 0u),
        };
    }

    // Null when it isn't what this node can have given: that is left where it is, and the digests tell.
    private RecordPut? Partial(Page page, ReturnedChange change, StoredRecord? stored)
    {
        var record = change.Record!.Clone();
        if (flow.For(record.Kind) is null || record.State != RecordState.Active || record.Payload is null
            || !record.PayloadHash.Span.SequenceEqual(SHA256.HashData(record.Payload.Value.Span))
            || !TryDescribe(change, out var facts))
        {
            return null;
        }

        record.Projection ??= new Projection();
        record.Projection.Partial = true;
        page.Entries.AddRange(Sightings.EntriesFor(change.Key, flow.From, facts, successions, time.GetUtcNow()));
        var encoded = codec.Encode(change.Key, record, []);
        return new RecordPut
        {
            Key = change.Key,
            Version = change.Version,
            Envelope = encoded.Envelope,
            Payload = encoded.Payload,
            Keys =
            [
                .. RecordIndexes.Of(change.Key, facts, record.ExternalKey).Select(key => key with { Unique = false }),
                PartialRecords.KeyOf(flow.To),
            ],
            Expect = Expect(stored),
        };
    }

    private bool TryDescribe(ReturnedChange change, out RecordFacts facts)
    {
        facts = RecordFacts.None;
        if (kinds.Find(change.Key.Kind) is not { } kind)
        {
            return true;
        }

        try
        {
            facts = kind.Describe(change.Key.Id, kind.Parse(change.Record!.Payload.Value), tokens);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static RecordPut Restamp(StoredRecord stored, ReadOnlyMemory<byte> envelope, RecordVersion version) => new()
    {
        Key = stored.Key,
        Version = version,
        Envelope = envelope,
        Payload = stored.Payload,
        Keys = stored.Keys,
        Expect = Expectation.At(stored.Version),
    };

    private RecordPut Bury(ReturnedChange change, StoredRecord? stored, RecordVersion version, RemovalReason reason)
    {
        // Nothing else of that reason is gone at its home.
        var isErased = reason == RemovalReason.ConsentWithdrawn;
        var gone = new Record
        {
            HomeNode = flow.From,
            State = isErased ? RecordState.Erased : RecordState.Deleted,
            RemovalReason = reason,
        };
        return new RecordPut
        {
            Key = change.Key,
            Version = version,
            IsTombstone = true,
            Envelope = codec.Encode(change.Key, gone, []).Envelope,
            ForgetsPrevious = isErased,
            Expect = Expect(stored),
        };
    }

    private ReadOnlyMemory<byte> Frozen(StoredRecord stored)
    {
        var envelope = RecordCodec.Envelope(stored);
        envelope.State = RecordState.Frozen;
        return codec.Encode(stored.Key, envelope, []).Envelope;
    }

    private ReadOnlyMemory<byte> Withdrawn(StoredRecord stored, ulong consent)
    {
        // It was taken back whole, so that by then no purpose had a consent any more.
        var envelope = RecordCodec.Envelope(stored);
        var basis = envelope.LegalBasis ??= new LegalBasis { Kind = LegalBasisKind.Consent };
        var given = flow.Purposes.Where(
            purpose => ConsentMerge.Latest(basis, flow.Recipients, purpose) is { Withdrawn: false }).ToList();
        basis.Consents.AddRange((given.Count > 0 ? given : flow.Purposes).Select(purpose => new Consent
        {
            Version = consent,
            RecipientNode = flow.To,
            Purpose = purpose,
            Withdrawn = true,
        }));
        return codec.Encode(stored.Key, envelope, []).Envelope;
    }

    // The partner may know that the consent to one of several purposes was withdrawn after the backup.
    private ReadOnlyMemory<byte> Joined(StoredRecord stored, ReturnedChange change)
    {
        var envelope = RecordCodec.Envelope(stored);
        if (change.Record is not { LegalBasis.Consents: { Count: > 0 } known } || envelope.LegalBasis is not { } basis)
        {
            return stored.Envelope;
        }

        var toward = new LegalBasis { Kind = basis.Kind, Provision = basis.Provision };
        toward.Consents.AddRange(known.Where(consent => Admission.IsFor(consent, flow)));
        envelope.LegalBasis = ConsentMerge.Join(basis, toward);
        return codec.Encode(stored.Key, envelope, []).Envelope;
    }

    private static Expectation Expect(StoredRecord? stored) =>
        stored is null ? Expectation.Absent : Expectation.At(stored.Version);

    /// <summary>One commit while it is put together.</summary>
    private sealed class Page(ReturnRules rules)
    {
        public ReturnRules Rules { get; } = rules;

        public List<RecordPut> Puts { get; } = [];

        public List<EntryWrite> Entries { get; } = [];

        public required ReturnState State { get; set; }

        public ulong Clock { get; set; }
    }
}
