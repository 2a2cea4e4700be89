using Exchange.Node.Errors;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Bundles;

/// <summary>Takes in a bundle that came: what a partner gives, or its answer.</summary>
internal sealed partial class BundleImport(
    BundleDesk desk,
    BundleNumbers numbers,
    BundleAnswers answers,
    SyncFlows flows,
    PeerStates states,
    NodeKeys keys,
    TimeProvider time,
    ILogger<BundleImport> log)
{
    // Far below the age at which tombstones may go: what an older bundle brings couldn't be told from what is gone.
    private const int MaxAgeDays = 365;

    /// <summary>Checks a bundle as a whole, then applies it.</summary>
    /// <param name="file">The bundle, which can be read from any place.</param>
    /// <param name="cancellationToken">Gives up; what was applied stays, and importing again goes on behind it.</param>
    /// <exception cref="ExchangeException">It can't be taken; nothing was changed.</exception>
    public async Task<ImportBundleResponse> RunAsync(Stream file, CancellationToken cancellationToken)
    {
        file.Position = 0;
        var outline = await BundleOutline.ReadAsync(file, cancellationToken);
        var header = outline.Header;
        var (peer, terms) = await desk.CheckAsync(outline, cancellationToken);
        if (header.MadeTime is not { } made || made.ToDateTimeOffset() < time.GetUtcNow().AddDays(-MaxAgeDays))
        {
            throw BundleFailure.TooOld(header, MaxAgeDays);
        }

        if (header.ExpireTime?.ToDateTimeOffset() <= time.GetUtcNow())
        {
            throw BundleFailure.Expired(header);
        }

        await using var ticket = await desk.EnterAsync(peer, Guid.Parse(header.Id), cancellationToken);
        var response = new ImportBundleResponse { Header = header, Footer = outline.Footer };
        try
        {
            await RefuseForeignAsync(header, cancellationToken);
            await answers.RefuseBeyondAsync(header.Applied);
            if (header.Kind == BundleKind.Answer)
            {
                using var content = new BundleContent(file, outline, keys);
                await answers.TakeAsync(await BundleCheck.AnswerAsync(content, cancellationToken), response);
                return response;
            }

            var taken = await ApplyAsync(file, outline, ticket, response, cancellationToken);
            response.Answer = await answers.MakeAsync(response, taken, peer, terms, cancellationToken);
            Imported(header.Number, header.Sender, taken.Applied, taken.Skipped, taken.Quarantined);
            return response;
        }
        catch (EntryConflictException)
        {
            throw SyncFailure.Superseded(header.Sender).ToException();
        }
    }

    // What is known of the sender's feed is of another epoch: one of the two was restored, and only a session can bring
    // them together again.
    private async Task RefuseForeignAsync(BundleHeader header, CancellationToken cancellationToken)
    {
        var known = await flows.Sink(header.Sender).AppliedAsync(cancellationToken);
        if (FeedCursors.IsForeign(known, header.Epoch))
        {
            throw BundleFailure.ForeignEpoch(header.Sender, header.Epoch, known.Epoch);
        }
    }

    private async Task<BundleTaken> ApplyAsync(
        Stream file,
        BundleOutline outline,
        SyncTicket ticket,
        ImportBundleResponse response,
        CancellationToken cancellationToken)
    {
        var (header, sink) = (outline.Header, flows.Sink(outline.Header.Sender));
        var taken = new BundleTaken(sink, await sink.AppliedAsync(cancellationToken), header.Epoch);
        if (header.From?.Epoch != header.Epoch || header.Number == 0)
        {
            throw BundleFailure.Invalid("its header says neither where it begins nor which it is");
        }

        if (header.Number <= await numbers.ImportedAsync(header.Sender, header.Epoch, cancellationToken))
        {
            taken.Skip(outline.Footer.Changes);
        }
        else if (taken.At.Position < header.From.Position)
        {
            throw BundleFailure.Gap(header, taken.At);
        }
        else
        {
            using (var content = new BundleContent(file, outline, keys))
            {
                await BundleCheck.DataAsync(content, outline, cancellationToken);
            }

            using var again = new BundleContent(file, outline, keys);
            await ApplyAsync(again, ticket, taken, response, cancellationToken);
            await numbers.NoteImportedAsync(header.Sender, header.Epoch, header.Number, cancellationToken);
        }

        response.Outcome = taken.IsNews ? BundleOutcome.Applied : BundleOutcome.NothingChanged;
        response.AppliedCount = taken.Applied;
        response.SkippedCount = taken.Skipped;
        response.QuarantinedCount = taken.Quarantined;
        response.Applied = taken.At;
        await answers.ConfirmAsync(header, cancellationToken);
        await TellAsync(header, taken, cancellationToken);
        return taken;
    }

    private static async Task ApplyAsync(
        BundleContent content,
        SyncTicket ticket,
        BundleTaken taken,
        ImportBundleResponse response,
        CancellationToken cancellationToken)
    {
        await taken.BeginAsync();
        while (await content.ReadAsync(cancellationToken) is { } frame)
        {
            await BundleDesk.StayAsync(ticket);
            if (frame.Batch is { } batch)
            {
                await taken.ApplyAsync(batch);
            }
            else
            {
                response.Comparison = await taken.CompareAsync(frame.CaughtUp, cancellationToken);
            }
        }
    }

    private Task TellAsync(
        BundleHeader header, BundleTaken taken, CancellationToken cancellationToken) => states.ChangeAsync(
        header.Sender,
        status =>
        {
            desk.NoteHeard(status, header);
            status.BundleImportTime = time.GetUtcNow().ToTimestamp();
            status.ReceivedCount += taken.Received;
        },
        day =>
        {
            day.ReceivedCount += taken.Received;
            day.QuarantinedCount += taken.Quarantined;
            PeerDays.AddKinds(day.Received, taken.Kinds.Snapshot, new Dictionary<string, ulong>());
        },
        cancellationToken);

    [LoggerMessage(1, LogLevel.Information,
        "Bundle {Number} of {Peer} was imported: {Applied} applied, {Skipped} skipped, {Quarantined} quarantined")]
    private partial void Imported(ulong number, string peer, ulong applied, ulong skipped, ulong quarantined);
}
