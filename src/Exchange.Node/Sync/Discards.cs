using System.Text;
using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>Drops quarantined changes that can never be applied, and counts them.</summary>
internal sealed class Discards(IRecordStore store, TimeProvider time)
{
    private const string Collection = "discarded";
    private const int MaxLength = 16;

    /// <summary>How many changes of a peer were discarded so far.</summary>
    public static async Task<ulong> CountAsync(
        IRecordStore store, string peer, CancellationToken cancellationToken) =>
        Read(await FindAsync(store, peer, cancellationToken));

    /// <summary>Drops one change; repeating it changes nothing.</summary>
    /// <returns>The row as it stands now.</returns>
    /// <exception cref="ExchangeException">
    /// Nothing of the record is in quarantine, or it may still be applied.
    /// </exception>
    /// <exception cref="EntryConflictException">Something newer took its place just now.</exception>
    public async Task<QuarantineRow> DiscardAsync(
        string peer, RecordKey key, string reason, CancellationToken cancellationToken)
    {
        var collection = QuarantineRow.Collection(peer);
        ReadOnlyMemory<byte> keyBytes = RecordKeyBytes.Of(key);
        var found = await store.GetEntriesAsync(collection, [keyBytes], cancellationToken);
        if (found[0] is not { } standing)
        {
            throw ExchangeException.NotFound($"quarantined {key.Kind}", key.Id.ToString());
        }

        var row = QuarantineRow.Read(standing.Span);
        if (row.Discarded is not null)
        {
            return row;
        }

        if (row.Reason is not (ErrorReason.ChangeInvalid or ErrorReason.ChangeNotFromHome))
        {
            throw MayApply(key, row);
        }

        var bytes = (row with { Sealed = default, Discarded = new Discard(time.GetUtcNow(), reason) }).ToBytes();
        var count = await FindAsync(store, peer, cancellationToken);
        var commit = new Commit
        {
            Entries =
            [
                new EntryWrite(collection, keyBytes, bytes, new EntryExpectation(standing)),
                new EntryWrite(Collection, KeyOf(peer), Write(Read(count) + 1), new EntryExpectation(count)),
            ],
        };
        await store.CommitAsync(commit, cancellationToken);
        await store.ScrubAsync(cancellationToken);
        return QuarantineRow.Read(bytes);
    }

    private static ExchangeException MayApply(RecordKey key, QuarantineRow row)
    {
        var cause = ErrorReasonName(row.Reason);
        return new ExchangeException(
            StatusCode.FailedPrecondition,
            ErrorReason.QuarantineMayApply,
            $"This {key.Kind} waits for something that may still come ({cause}). "
            + "Leave it, or ask the partner to withdraw it.",
            ("kind", key.Kind),
            ("id", key.Id.ToString()),
            ("cause", cause));
    }

    private static string ErrorReasonName(ErrorReason reason) =>
        ErrorReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)reason)?.Name ?? reason.ToString();

    private static async Task<ReadOnlyMemory<byte>?> FindAsync(
        IRecordStore store, string peer, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Collection, [KeyOf(peer)], cancellationToken))[0];

    private static ulong Read(ReadOnlyMemory<byte>? value) =>
        value is { } bytes ? new RowReader(bytes.Span).Number() : 0;

    private static byte[] Write(ulong count)
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Number(count);
        return row.ToArray();
    }

    private static ReadOnlyMemory<byte> KeyOf(string peer) => Encoding.UTF8.GetBytes(peer);
}
