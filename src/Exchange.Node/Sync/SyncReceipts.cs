using System.Buffers.Binary;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>Receipts in the store, the newest first.</summary>
internal sealed class SyncReceipts(IRecordStore store, string peer) : ISyncReceipts
{
    private readonly string _receipts = $"receipts/{peer}";

    public async Task StoreAsync(SyncReceipt receipt, CancellationToken cancellationToken)
    {
        var key = KeyOf(ReceiptLink.Read(receipt)!.Number);
        var write = new EntryWrite(_receipts, key, receipt.ToByteArray());
        await store.CommitAsync(new Commit { Entries = [write] }, cancellationToken);
    }

    public async Task<SyncReceipt?> NewestAsync(CancellationToken cancellationToken) =>
        await ListAsync(before: null, limit: 1, cancellationToken) is [var newest] ? newest : null;

    /// <summary>Returns up to so many receipts, the newest first.</summary>
    /// <param name="before">Only those with a lower number; null for all.</param>
    /// <param name="limit">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<SyncReceipt>> ListAsync(
        ulong? before, int limit, CancellationToken cancellationToken)
    {
        var after = before is { } number ? KeyOf(number) : default;
        var entries = await store.ReadEntriesAsync(_receipts, default, after, limit, cancellationToken);
        return [.. entries.Select(entry => SyncReceipt.Parser.ParseFrom(entry.Value.Span))];
    }

    // Entries are read upwards, and the newest is asked for at every session: so keys fall as numbers rise.
    private static ReadOnlyMemory<byte> KeyOf(ulong number)
    {
        var key = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(key, ulong.MaxValue - number);
        return key;
    }
}
