using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Audit;

/// <summary>
/// Gives entries their place in the chain, inside the transaction whose commits they tell of: the order of the chain is
/// the order of the commits, and what isn't durable isn't in it.
/// </summary>
internal sealed class AuditSealer(TimeProvider time)
{
    private readonly string _chain = Guid.CreateVersion7(time.GetUtcNow()).ToString();

    /// <summary>What the store is opened with.</summary>
    public CommitSeal Seal => new(AuditChain.Heads, AuditChain.HeadKey, Write);

    private List<EntryWrite> Write(ReadOnlyMemory<byte>? standing, IReadOnlyList<NotedCommit> commits)
    {
        // A head that can't be read is mended at the next start, which looks for the newest entry itself.
        var head = standing is { } bytes
            ? AuditChain.ReadHead(bytes.Span) ?? throw new InvalidDataException("The audit chain's head is damaged.")
            : new AuditHead();
        var writes = new List<EntryWrite>();
        foreach (var (draft, epoch) in Gather(commits))
        {
            var entry = draft.ToEntry();
            entry.Sequence = head.Sequence + 1;
            entry.Time = Timestamp.FromDateTimeOffset(time.GetUtcNow());
            entry.Chain = _chain;
            entry.Epoch = epoch;
            entry.PreviousHash = head.Hash;
            var value = AuditChain.Encode(entry);
            writes.Add(new EntryWrite(
                AuditChain.Collection, AuditChain.KeyOf(entry.Sequence), value, EntryExpectation.Absent));
            entry.Hash = ByteString.CopyFrom(AuditChain.ClaimedHash(value));
            head = AuditChain.HeadOf(entry);
        }

        foreach (var commit in commits)
        {
            ((AuditNote)commit.Note).Head = head;
        }

        if (writes.Count > 0)
        {
            writes.Add(new EntryWrite(AuditChain.Heads, AuditChain.HeadKey, head.ToByteArray()));
        }

        return writes;
    }

    // A publishing stream commits its items one by one, and the store flushes them together: they are one entry.
    private static List<(AuditDraft Draft, string Epoch)> Gather(IReadOnlyList<NotedCommit> commits)
    {
        var gathered = new List<(AuditDraft Draft, string Epoch)>();
        foreach (var commit in commits)
        {
            var note = (AuditNote)commit.Note;
            foreach (var draft in note.Drafts(commit.Puts))
            {
                var like = gathered.FindIndex(other => other.Epoch == note.Epoch && draft.IsLike(other.Draft));
                if (like >= 0)
                {
                    gathered[like].Draft.Add(draft);
                }
                else
                {
                    gathered.Add((draft, note.Epoch));
                }
            }
        }

        return gathered;
    }
}
