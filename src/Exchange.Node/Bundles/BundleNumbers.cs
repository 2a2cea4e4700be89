using Exchange.Node.Sync;
using Exchange.Store;

namespace Exchange.Node.Bundles;

/// <summary>Counts the bundles between this node and each partner, within the epoch of whoever gives.</summary>
internal sealed class BundleNumbers(IRecordStore store)
{
    private const byte FormatByte = 1;
    private const int MaxLength = 128;

    private static readonly byte[] Made = [.. "made"u8];
    private static readonly byte[] Imported = [.. "imported"u8];

    /// <summary>The next number of a bundle for a partner; used up, whatever becomes of the bundle.</summary>
    /// <exception cref="EntryConflictException">Another one is made at the same time.</exception>
    public async Task<ulong> NextAsync(string peer, CancellationToken cancellationToken)
    {
        var standing = await FindAsync(peer, Made, cancellationToken);
        var number = NumberOf(standing, store.Epoch.ToString()) + 1;
        await WriteAsync(peer, Made, store.Epoch.ToString(), number, standing, cancellationToken);
        return number;
    }

    /// <summary>The highest number of a partner's bundles that was applied wholly; 0 when none was.</summary>
    public async Task<ulong> ImportedAsync(string peer, string epoch, CancellationToken cancellationToken) =>
        NumberOf(await FindAsync(peer, Imported, cancellationToken), epoch);

    /// <summary>Notes that a partner's bundle was applied wholly.</summary>
    /// <exception cref="EntryConflictException">Another one is imported at the same time.</exception>
    public async Task NoteImportedAsync(
        string peer, string epoch, ulong number, CancellationToken cancellationToken)
    {
        var standing = await FindAsync(peer, Imported, cancellationToken);
        await WriteAsync(peer, Imported, epoch, number, standing, cancellationToken);
    }

    private static ulong NumberOf(ReadOnlyMemory<byte>? standing, string epoch)
    {
        if (standing is not { } bytes)
        {
            return 0;
        }

        var row = new RowReader(bytes.Span);
        row.Format(FormatByte);
        return row.Text() == epoch ? row.Number() : 0;
    }

    private async Task<ReadOnlyMemory<byte>?> FindAsync(string peer, byte[] key, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Collection(peer), [key], cancellationToken))[0];

    private Task<CommitResult> WriteAsync(
        string peer,
        byte[] key,
        string epoch,
        ulong number,
        ReadOnlyMemory<byte>? standing,
        CancellationToken cancellationToken)
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Text(epoch);
        row.Number(number);
        var write = new EntryWrite(Collection(peer), key, row.ToArray(), new EntryExpectation(standing));
        return store.CommitAsync(new Commit { Entries = [write] }, cancellationToken);
    }

    private static string Collection(string peer) => $"bundles/{peer}";
}
