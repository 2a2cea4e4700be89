using System.Text;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// Receipts in the store: one for each session, in the order in which sessions began, and which one is open.
/// </summary>
internal sealed class SyncReceipts(IRecordStore store, string peer) : ISyncReceipts
{
    private const int Signatures = 2;

    private static readonly ReadOnlyMemory<byte> PendingKey = "pending"u8.ToArray();

    private readonly string _receipts = $"sync-receipts/{peer}";
    private readonly string _pending = $"sync-receipt-pending/{peer}";

    public async Task StoreAsync(SyncReceipt receipt, CancellationToken cancellationToken)
    {
        var key = KeyOf(receipt);
        var isComplete = receipt.Signatures.Count >= Signatures;
        var open = (await store.GetEntriesAsync(_pending, [PendingKey], cancellationToken))[0];
        var entries = new List<EntryWrite> { new(_receipts, key, receipt.ToByteArray()) };
        if (!isComplete)
        {
            entries.Add(new EntryWrite(_pending, PendingKey, key));
        }
        else if (open is { } pending && pending.Span.SequenceEqual(key.Span))
        {
            entries.Add(new EntryWrite(_pending, PendingKey, Value: null));
        }

        await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
    }

    public async Task<SyncReceipt?> FindAsync(SyncReceipt offered, CancellationToken cancellationToken) =>
        await ReadAsync(KeyOf(offered), cancellationToken) is { } held
        && held.Signatures.Count >= Signatures
        && held.Statement.Equals(offered.Statement)
            ? held
            : null;

    public async Task<SyncReceipt?> PendingAsync(CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(_pending, [PendingKey], cancellationToken))[0] is { } key
            ? await ReadAsync(key, cancellationToken)
            : null;

    /// <summary>Returns up to <paramref name="limit"/> receipts, oldest first.</summary>
    public async Task<IReadOnlyList<SyncReceipt>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var entries = await store.ReadEntriesAsync(_receipts, default, default, limit, cancellationToken);
        return [.. entries.Select(entry => SyncReceipt.Parser.ParseFrom(entry.Value.Span))];
    }

    private async Task<SyncReceipt?> ReadAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(_receipts, [key], cancellationToken))[0] is { } bytes
            ? SyncReceipt.Parser.ParseFrom(bytes.Span)
            : null;

    // Session ids are UUIDv7 in text, so that their order is that of time.
    private static ReadOnlyMemory<byte> KeyOf(SyncReceipt receipt) =>
        Encoding.UTF8.GetBytes(SyncReceiptStatement.Parser.ParseFrom(receipt.Statement).SessionId);
}
