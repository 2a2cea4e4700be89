using System.Globalization;
using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Node.Bundles;

/// <summary>
/// Whether what a bundle holds is what its header and footer say, seen before anything of it is applied.
/// </summary>
internal static class BundleCheck
{
    private const int MaxAnswerFrames = 16;

    /// <summary>Reads a whole data bundle through.</summary>
    /// <exception cref="Errors.ExchangeException">It isn't in order.</exception>
    public static async Task DataAsync(
        BundleContent content, BundleOutline outline, CancellationToken cancellationToken)
    {
        var (header, footer) = (outline.Header, outline.Footer);
        ulong batches = 0;
        ulong changes = 0;
        var at = header.From ?? new FeedCursor();
        SyncCaughtUp? caughtUp = null;
        while (await content.ReadAsync(cancellationToken) is { } frame)
        {
            if (caughtUp is not null)
            {
                throw BundleFailure.Invalid("something follows its digest");
            }

            if (frame.FrameCase == SyncFrame.FrameOneofCase.Batch)
            {
                Batch(frame.Batch, ++batches, at, header.Epoch);
                (at, changes) = (frame.Batch.To, changes + (ulong)frame.Batch.Changes.Count);
            }
            else
            {
                caughtUp = frame.CaughtUp
                    ?? throw BundleFailure.Invalid($"a frame of type {frame.FrameCase} is none of a data bundle");
            }
        }

        var isWhole = caughtUp?.Digest is not null && at.Equals(caughtUp.Cursor) && at.Equals(footer.To);
        if (!isWhole || batches != footer.Batches || changes != footer.Changes)
        {
            throw BundleFailure.Invalid("its content isn't what its footer says");
        }
    }

    /// <summary>Reads a whole answer.</summary>
    /// <exception cref="Errors.ExchangeException">It isn't in order.</exception>
    public static async Task<BundleAnswer> AnswerAsync(BundleContent content, CancellationToken cancellationToken)
    {
        SyncAck? ack = null;
        SyncAck? list = null;
        SyncVerdict? verdict = null;
        for (var frames = 0; await content.ReadAsync(cancellationToken) is { } frame; frames++)
        {
            if (frames == MaxAnswerFrames)
            {
                throw BundleFailure.TooLarge("answer", frames + 1, MaxAnswerFrames);
            }

            verdict = frame.Verdict ?? verdict;
            ack = frame.Ack is { Sequence: > 0 } ? frame.Ack : ack;
            list = frame.Ack is { Sequence: 0 } ? frame.Ack : list;
        }

        return ack?.Applied is null
            ? throw BundleFailure.Invalid("the answer acknowledges nothing")
            : new BundleAnswer(ack, list ?? new SyncAck(), verdict);
    }

    private static void Batch(SyncBatch batch, ulong sequence, FeedCursor at, string epoch)
    {
        var number = sequence.ToString(CultureInfo.InvariantCulture);
        if (batch.Changes.Count > PageBuilder.MaxChanges)
        {
            throw BundleFailure.TooLarge($"batch {number}", batch.Changes.Count, PageBuilder.MaxChanges);
        }

        if (batch.Sequence != sequence || !at.Equals(batch.From) || batch.To?.Epoch != epoch
            || batch.To.Position < at.Position)
        {
            throw BundleFailure.Invalid($"batch {number} doesn't follow on the one before");
        }

        if (batch.Changes.Any(change => change.ChangeCase == SyncChange.ChangeOneofCase.Returned))
        {
            throw BundleFailure.Invalid($"batch {number} gives records back, which only a session does");
        }
    }
}

/// <summary>What an answer says.</summary>
/// <param name="Ack">Where the partner stands in our feed, and the counts of the whole bundle.</param>
/// <param name="List">What it has put aside.</param>
/// <param name="Verdict">What it found when it compared; null when it didn't.</param>
internal sealed record BundleAnswer(SyncAck Ack, SyncAck List, SyncVerdict? Verdict);
