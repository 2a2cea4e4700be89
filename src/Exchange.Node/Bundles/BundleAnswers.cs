using Exchange.Node.Errors;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Bundles;

/// <summary>
/// Makes the answer to a bundle that was imported, and takes in the answer to one that was made here.
/// </summary>
internal sealed partial class BundleAnswers(
    BundleDesk desk,
    IRecordStore store,
    SyncFlows flows,
    PeerStates states,
    TimeProvider time,
    ILogger<BundleAnswers> log)
{
    /// <summary>Makes the answer: what became of the bundle, and where this node stands.</summary>
    /// <param name="done">What is told of the import.</param>
    /// <param name="taken">What was done.</param>
    /// <param name="peer">Whose bundle it was.</param>
    /// <param name="terms">The terms that hold today.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ByteString> MakeAsync(
        ImportBundleResponse done,
        BundleTaken taken,
        SyncPeer peer,
        SyncSessionOptions terms,
        CancellationToken cancellationToken)
    {
        var header = new BundleHeader
        {
            Kind = BundleKind.Answer,
            Id = Guid.CreateVersion7(time.GetUtcNow()).ToString(),
            Applied = taken.At,
            Number = done.Header.Number,
            Answers = done.Header.Id,
        };
        using var file = new MemoryStream();
        using var writer = await desk.BeginAsync(
            header, peer, terms, bytes => file.WriteAsync(bytes, cancellationToken).AsTask());
        await writer.WriteAsync(new SyncFrame
        {
            Ack = new SyncAck
            {
                Sequence = Math.Max(1, done.Footer.Batches),
                Applied = taken.At,
                AppliedCount = (uint)taken.Applied,
                SkippedCount = (uint)taken.Skipped,
            },
        });
        await writer.WriteAsync(new SyncFrame { Ack = await taken.ListAsync(cancellationToken) });
        if (taken.Verdict is { } verdict)
        {
            await writer.WriteAsync(new SyncFrame { Verdict = verdict });
        }

        await writer.FinishAsync(new BundleFooter());
        return ByteString.CopyFrom(file.ToArray());
    }

    /// <summary>Takes in an answer to a bundle of this node's.</summary>
    /// <exception cref="ExchangeException">It isn't about this node's feed as it is; nothing was changed.</exception>
    public async Task TakeAsync(BundleAnswer answer, ImportBundleResponse response)
    {
        var (header, applied) = (response.Header, answer.Ack.Applied);
        await desk.RefuseRestoredAsync(header.Sender, CancellationToken.None);
        if (applied.Epoch != store.Epoch.ToString())
        {
            throw BundleFailure.ForeignEpoch(header.Recipient, applied.Epoch, store.Epoch.ToString());
        }

        await RefuseBeyondAsync(applied);
        var ack = answer.List.Clone();
        ack.AppliedCount = answer.Ack.AppliedCount;
        var isNews = await flows.Source(header.Sender).ConfirmBundleAsync(
            header.Number, applied, ack, CancellationToken.None);
        response.Outcome = isNews ? BundleOutcome.Confirmed : BundleOutcome.NothingChanged;
        response.Applied = applied;
        response.PutAsideCount = (ulong)(answer.List.Quarantined.Count + answer.List.Waiting.Count);
        response.Comparison = answer.Verdict switch
        {
            null => BundleComparison.Unspecified,
            { Matches: true } => BundleComparison.Same,
            _ => BundleComparison.Differs,
        };
        await TellAsync(header, applied, isNews ? answer.Ack.AppliedCount : 0, isAnswer: true);
        Answered(header.Number, header.Sender, response.Outcome, response.Comparison);
    }

    /// <summary>Takes in what a bundle says of how far its sender has applied this node's feed.</summary>
    public async Task ConfirmAsync(BundleHeader header, CancellationToken cancellationToken)
    {
        var applied = header.Applied ?? new FeedCursor();
        if (applied.Epoch == store.Epoch.ToString()
            && !await desk.IsOwedReturnsAsync(header.Sender, cancellationToken)
            && await flows.Source(header.Sender).ConfirmBundleAsync(0, applied, new SyncAck(), CancellationToken.None))
        {
            await TellAsync(header, applied, sent: 0, isAnswer: false);
        }
    }

    /// <summary>Nobody has applied more of this node's feed than there is.</summary>
    /// <exception cref="ExchangeException">The bundle says so.</exception>
    public async Task RefuseBeyondAsync(FeedCursor? applied)
    {
        var head = (await store.GetStatusAsync(CancellationToken.None)).Head;
        if (applied?.Epoch == store.Epoch.ToString() && applied.Position > (ulong)head.Value)
        {
            throw BundleFailure.Invalid("it says that more of this node's feed was applied than there is");
        }
    }

    private Task TellAsync(
        BundleHeader header, FeedCursor applied, ulong sent, bool isAnswer) => states.ChangeAsync(
        header.Sender,
        status =>
        {
            desk.NoteHeard(status, header);
            var known = FeedCursors.Within(applied.Epoch, status.Acknowledged);
            status.Acknowledged = known.Position < applied.Position ? applied : known;
            status.SentCount += sent;
            status.BundleAnswerTime = isAnswer ? time.GetUtcNow().ToTimestamp() : status.BundleAnswerTime;
        },
        day => day.SentCount += sent,
        CancellationToken.None);

    [LoggerMessage(1, LogLevel.Information, "Bundle {Number} was answered by {Peer}: {Outcome}, digests {Comparison}")]
    private partial void Answered(ulong number, string peer, BundleOutcome outcome, BundleComparison comparison);
}
