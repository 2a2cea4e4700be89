using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>
/// Drops quarantined changes that can never be applied. Which of a peer's are dropped stands in a collection of its
/// own, so that they are counted without reading through the others.
/// </summary>
internal sealed class Discards(IRecordStore store, TimeProvider time)
{
    private const int MostCounted = 10_000;

    private static readonly byte[] Present = [1];

    /// <summary>How many quarantined changes of a peer are discarded, up to 10,000.</summary>
    public static async Task<ulong> CountAsync(
        IRecordStore store, string peer, CancellationToken cancellationToken) =>
        (ulong)(await store.ReadEntriesAsync(
            Collection(peer), default, default, MostCounted, cancellationToken)).Count;

    /// <summary>That a change which was discarded isn't in quarantine any more.</summary>
    public static EntryWrite Forget(string peer, ReadOnlyMemory<byte> key) => new(Collection(peer), key, Value: null);

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
        var commit = new Commit
        {
            Entries =
            [
                new EntryWrite(collection, keyBytes, bytes, new EntryExpectation(standing)),
                new EntryWrite(Collection(peer), keyBytes, Present),
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

    private static string Collection(string peer) => $"discarded/{peer}";
}
