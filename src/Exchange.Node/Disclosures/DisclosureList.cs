using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Disclosures;

/// <summary>Every view of a person's records that partners were ever given, in pages.</summary>
internal sealed class DisclosureList(IRecordStore store, SyncPeers peers, SubjectDisclosures subjects)
{
    // Behind whatever stands in the history of the same record.
    private static readonly byte[] Newest = [.. Enumerable.Repeat(byte.MaxValue, 32)];

    /// <summary>Some views behind a place, by partner, record and time, and where to go on; null at the end.</summary>
    /// <exception cref="Errors.ExchangeException">Nothing of the subject is at home here, or was passed on.</exception>
    public async Task<(List<Disclosure> Found, QueryCursor? Next)> ReadAsync(
        Guid subject, QueryCursor? after, int limit, CancellationToken cancellationToken)
    {
        var records = (await subjects.KeysAsync(subject, cancellationToken)).ConvertAll(key => RecordKeyBytes.Of(key));
        records.Sort((one, other) => one.AsSpan().SequenceCompareTo(other));
        var (node, place) = Place(after);
        var found = new List<Disclosure>();
        foreach (var peer in peers.All.Where(peer => string.CompareOrdinal(peer.Node, node) >= 0))
        {
            var state = await StandingAsync(peer.Node, cancellationToken);
            foreach (var record in records)
            {
                var from = peer.Node == node ? place : [];
                byte[] end = [.. record, .. Newest];
                if (from.AsSpan().SequenceCompareTo(end) >= 0)
                {
                    continue;
                }

                from = from.AsSpan().StartsWith(record) ? from : [];
                var last = await AddAsync(found, peer.Node, record, from, state, limit, cancellationToken);
                if (last is not null)
                {
                    return (found, new QueryCursor(peer.Node + "\n" + Convert.ToBase64String(last), Guid.Empty));
                }
            }
        }

        return (found, null);
    }

    /// <summary>Adds the views of one record; returns the last one's key when the page is full.</summary>
    private async Task<byte[]?> AddAsync(
        List<Disclosure> found,
        string peer,
        byte[] record,
        ReadOnlyMemory<byte> from,
        OutgoingState state,
        int limit,
        CancellationToken cancellationToken)
    {
        var entries = await store.ReadEntriesAsync(
            DisclosureHistory.Collection(peer), record, from, limit - found.Count, cancellationToken);
        foreach (var entry in entries)
        {
            var row = DisclosureRow.Read(entry.Value.Span);
            found.Add(Tell(peer, record, row, row.Delivery.IsAcknowledged));
        }

        if (found.Count == limit)
        {
            return entries[^1].Key.ToArray();
        }

        if ((await DisclosureRegister.FindAsync(store, peer, [record], cancellationToken))[0] is { } newest)
        {
            found.Add(Tell(peer, record, newest, state.IsHeld(newest), isNewest: true));
        }

        return found.Count == limit ? [.. record, .. Newest] : null;
    }

    private async Task<OutgoingState> StandingAsync(string peer, CancellationToken cancellationToken)
    {
        var standing = (await store.GetEntriesAsync(
            OutgoingState.Collection(peer), [OutgoingState.Key], cancellationToken))[0];
        return standing is { } bytes ? OutgoingState.Read(bytes.Span) : new OutgoingState();
    }

    private static Disclosure Tell(
        string peer, ReadOnlySpan<byte> record, DisclosureRow row, bool isConfirmed, bool isNewest = false)
    {
        var key = RecordKeyBytes.Read(record);
        var item = new byte[DigestItem.Length];
        DigestItem.Write(row.Item, item);
        return new Disclosure
        {
            Node = peer,
            Kind = key.Kind,
            Id = key.Id.ToString(),
            Version = new V1.RecordVersion { Clock = row.Version.Clock, Node = row.Version.Node },
            Revision = row.Revision,
            Withdrawn = row.IsWithdrawn,
            AgreementId = row.Agreement,
            Projection = row.Projection,
            SentTime = row.Time.ToTimestamp(),
            Confirmed = isConfirmed,
            DigestItem = row.IsWithdrawn ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(item),
            Newest = isNewest,
        };
    }

    private static (string Node, byte[] Key) Place(QueryCursor? after)
    {
        if (after is null)
        {
            return ("", []);
        }

        var end = after.Value.IndexOf('\n', StringComparison.Ordinal);
        return (after.Value[..end], Convert.FromBase64String(after.Value[(end + 1)..]));
    }
}
