using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Subjects;

/// <summary>Tells how far erasures have come: what was asked, sent and acknowledged stands in the register.</summary>
internal sealed class Erasures(IRecordStore store, SyncPeers peers, TimeProvider time)
{
    /// <summary>One erasure.</summary>
    /// <exception cref="ExchangeException">That subject was never erased here.</exception>
    public async Task<Erasure> GetAsync(Guid subject, CancellationToken cancellationToken)
    {
        return await ErasureRow.FindAsync(store, subject, cancellationToken) is { } row
            ? await TellAsync(subject, row, cancellationToken)
            : throw ExchangeException.NotFound("erasure", subject.ToString());
    }

    /// <summary>Some erasures behind a subject, and where to go on; null at the end.</summary>
    public async Task<(List<Erasure> Found, Guid? Next)> ListAsync(
        Guid? after, int limit, CancellationToken cancellationToken)
    {
        var from = after is { } subject ? ErasureRow.Key(subject) : [];
        var page = await store.ReadEntriesAsync(ErasureRow.Collection, default, from, limit, cancellationToken);
        var found = new List<Erasure>(page.Count);
        foreach (var entry in page)
        {
            var row = ErasureRow.Read(entry.Value.Span);
            found.Add(await TellAsync(ErasureRow.Subject(entry.Key.Span), row, cancellationToken));
        }

        return (found, page.Count < limit ? null : ErasureRow.Subject(page[^1].Key.Span));
    }

    private async Task<Erasure> TellAsync(Guid subject, ErasureRow row, CancellationToken cancellationToken)
    {
        var erasure = new Erasure
        {
            SubjectId = subject.ToString(),
            EraseTime = row.Time.ToTimestamp(),
            Reason = row.Reason,
            DeadlineTime = row.Deadline.ToTimestamp(),
            RecordCount = (uint)row.Records.Count,
        };
        erasure.Retained.AddRange(row.Retained
            .GroupBy(retained => (retained.Until, retained.Key.Kind, retained.Provision))
            .OrderBy(group => group.Key.Until)
            .ThenBy(group => group.Key.Kind, StringComparer.Ordinal)
            .Select(group => new RetainedRecords
            {
                Kind = group.Key.Kind,
                Count = (uint)group.Count(),
                KeepUntil = DateRules.ToDate(group.Key.Until),
                Provision = group.Key.Provision,
            }));
        var keys = row.TakenBack.Select(record => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(record)).ToList();
        foreach (var peer in peers.All)
        {
            var partner = await PartnerAsync(peer.Node, keys, cancellationToken);
            if (partner.AskedCount > 0)
            {
                erasure.Partners.Add(partner);
            }
        }

        foreach (var hub in peers.All)
        {
            var told = await PassedOnReports.FindAsync(
                store, hub.Node, [.. row.TakenBack], cancellationToken);
            erasure.Partners.AddRange(told.GroupBy(item => item.Node, StringComparer.Ordinal).Select(at =>
                new ErasurePartner
                {
                    Node = at.Key,
                    PassedOnBy = hub.Node,
                    AskedCount = (uint)at.Count(),
                    SentCount = (uint)at.Count(item => item.Withdrawn),
                    AcknowledgedCount = (uint)at.Count(item => item is { Withdrawn: true, Confirmed: true }),
                }));
        }

        erasure.Complete = erasure.Partners.All(partner => partner.AcknowledgedCount == partner.AskedCount);
        erasure.Overdue = !erasure.Complete && time.GetUtcNow() > row.Deadline;
        return erasure;
    }

    private async Task<ErasurePartner> PartnerAsync(
        string peer, IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken)
    {
        // The state first: an acknowledgement that comes in between is counted the next time.
        var standing = await store.GetEntriesAsync(
            OutgoingState.Collection(peer), [OutgoingState.Key], cancellationToken);
        var state = standing[0] is { } bytes ? OutgoingState.Read(bytes.Span) : new OutgoingState();
        var rows = await DisclosureRegister.FindAsync(store, peer, keys, cancellationToken);
        return new ErasurePartner
        {
            Node = peer,
            AskedCount = (uint)rows.Count(row => row is not null),
            SentCount = (uint)rows.Count(row => row is { IsWithdrawn: true }),
            AcknowledgedCount = (uint)rows.Count(row => row is { IsWithdrawn: true } && state.IsHeld(row)),
        };
    }
}
