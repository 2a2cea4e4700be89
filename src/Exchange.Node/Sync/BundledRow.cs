using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// A change that left out of turn in a bundle, and so isn't acknowledged by any cursor: it stood in a queue, or a sweep
/// found it. An answer to that bundle confirms it; before any other reading it is queued again.
/// </summary>
/// <param name="Number">The bundle's.</param>
/// <param name="IsRepair">It is to be judged again even if nothing stands here of its record.</param>
/// <param name="IsRemoval">It took the record back.</param>
/// <param name="Version">The version that was sent.</param>
/// <param name="Revision">Which view of it.</param>
internal sealed record BundledRow(
    ulong Number, bool IsRepair, bool IsRemoval, RecordVersion Version, uint Revision)
{
    private const byte FormatByte = 1;
    private const int MaxLength = 256;

    /// <summary>The collection that holds a peer's.</summary>
    public static string Collection(string peer) => $"bundled/{peer}";

    /// <summary>Drops one.</summary>
    public static EntryWrite Drop(string peer, ReadOnlyMemory<byte> key) => EntryWrite.Delete(Collection(peer), key);

    /// <summary>What a bundle takes along.</summary>
    public static EntryWrite Write(string peer, ulong number, bool isRepair, SyncChange change)
    {
        var (version, revision) = SyncChanges.Order(change);
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Number(number);
        row.Bool(isRepair);
        row.Bool(change.Removal is not null);
        row.Fixed(version.Clock);
        row.Text(version.Node);
        row.Number(revision);
        return new EntryWrite(Collection(peer), RecordKeyBytes.Of(SyncChanges.Key(change)), row.ToArray());
    }

    /// <summary>Reads a stored value.</summary>
    public static BundledRow Read(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        return new BundledRow(
            row.Number(), row.Bool(), row.Bool(), new RecordVersion(row.Fixed(), row.Text()), (uint)row.Number());
    }

    /// <summary>The change as far as an acknowledgement needs it.</summary>
    public SyncChange ToChange(RecordKey key)
    {
        var version = new V1.RecordVersion { Clock = Version.Clock, Node = Version.Node };
        var id = key.Id.ToString();
        return IsRemoval
            ? new SyncChange
            {
                Removal = new Removal { Kind = key.Kind, Id = id, Version = version, Revision = Revision },
            }
            : new SyncChange
            {
                Record = new Record
                {
                    Kind = key.Kind,
                    Id = id,
                    Version = version,
                    Projection = new Projection { Revision = Revision },
                },
            };
    }
}
