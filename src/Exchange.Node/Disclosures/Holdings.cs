using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Disclosures;

/// <summary>Tells a partner what is held here of the records that it gave, and of no others.</summary>
internal sealed class Holdings(IRecordStore store, RecordCodec codec)
{
    /// <summary>The most records that one call may ask for.</summary>
    public const int MaxRecords = 1000;

    /// <summary>One answer for each record, in their order.</summary>
    /// <param name="home">The asking partner, which must be the records' home.</param>
    /// <param name="keys">The records.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<HeldAnswer>> TellAsync(
        SyncPeer home, IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
    {
        var waiting = await store.GetEntriesAsync(
            QuarantineRow.Collection(home.Node),
            [.. keys.Select(key => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(key))],
            cancellationToken);
        var homeBytes = Encoding.UTF8.GetBytes(home.Node);
        using var hasher = new PageHasher(home.DigestKey.Span);
        var answers = new List<HeldAnswer>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            // One at a time, so that a long list of large records isn't held all at once.
            var stored = await store.GetAsync(keys[i], cancellationToken);
            var isTheirs = stored is not null && StoredEnvelope.IsFrom(stored, homeBytes);
            var answer = Tell(isTheirs ? stored : null, hasher);
            answer.Kind = keys[i].Kind;
            answer.Id = keys[i].Id.ToString();
            answer.Holding.Quarantined = waiting[i] is not null;
            answers.Add(answer);
        }

        return answers;
    }

    private HeldAnswer Tell(StoredRecord? stored, PageHasher hasher)
    {
        if (stored is null)
        {
            return new HeldAnswer { Holding = new Holding { State = HoldingState.None } };
        }

        var holding = new Holding
        {
            State = HoldingState.Removed,
            Version = new V1.RecordVersion { Clock = stored.Version.Clock, Node = stored.Version.Node },
            Revision = stored.Revision,
        };
        var answer = new HeldAnswer { Holding = holding };
        if (!stored.IsTombstone)
        {
            try
            {
                answer.DigestItem = Item(stored, hasher);
                holding.State = HoldingState.Held;
            }
            catch (Exception exception) when (StoredDamage.Is(exception))
            {
                holding.State = HoldingState.Unreadable;
            }
        }

        return answer;
    }

    // From what is stored, not from the item that came with it: what was changed underneath must show.
    private ByteString Item(StoredRecord stored, PageHasher hasher)
    {
        var payload = codec.Payload(stored).Span;
        var bytes = new byte[DigestItem.HeaderLength(stored.Key, stored.Version.Node) + payload.Length];
        var state = RecordCodec.Envelope(stored).State;
        var header = DigestItem.WriteHeader(bytes, stored.Key, stored.Version, stored.Revision, state);
        payload.CopyTo(bytes.AsSpan(header));
        var item = new byte[DigestItem.Length];
        DigestItem.Write(hasher.Item(bytes), item);
        return UnsafeByteOperations.UnsafeWrap(item);
    }
}
