using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>What is put aside, over gRPC, for operators.</summary>
internal sealed class QuarantineService(
    QuarantineLists lists, Discards discards, ISyncFlows flows, SyncPeers peers, RecordReach reaches, TimeProvider time)
    : V1.QuarantineService.QuarantineServiceBase
{
    private const int MaxReasonLength = 200;

    // A running session commits now and then; one that always comes first is at work, and retries by itself.
    private const int Attempts = 5;

    public override async Task<ListQuarantineResponse> ListQuarantine(
        ListQuarantineRequest request, ServerCallContext context)
    {
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListQuarantineRequest { Peer = request.Peer, Side = request.Side };
        var after = PageToken.Decode(request.PageToken, scope, time)?.Value;
        var (items, next) = await lists.ReadAsync(
            Peers(request.Peer), request.Side, size, after, context.CancellationToken);
        var response = new ListQuarantineResponse
        {
            NextPageToken = PageToken.Encode(
                next is { } place ? new QueryCursor(place, Guid.Empty) : null, scope, time),
        };
        response.Items.AddRange(await reaches.Of(context).FilterAsync(items, KeyOf, context.CancellationToken));
        return response;
    }

    public override async Task<RetryQuarantineResponse> RetryQuarantine(
        RetryQuarantineRequest request, ServerCallContext context)
    {
        reaches.Of(context).Reach.RequireWhole("quarantine");
        var response = new RetryQuarantineResponse();
        foreach (var peer in Peers(request.Peer))
        {
            var before = await flows.StatusAsync(peer, context.CancellationToken);
            await RetryAsync(peer, context.CancellationToken);
            var after = await flows.StatusAsync(peer, context.CancellationToken);
            response.AppliedCount += before.Quarantined - Math.Min(before.Quarantined, after.Quarantined);
            response.CompletedCount += before.Waiting - Math.Min(before.Waiting, after.Waiting);
            response.RemainingCount += after.Quarantined + after.Waiting;
        }

        return response;
    }

    public override async Task<DiscardQuarantinedResponse> DiscardQuarantined(
        DiscardQuarantinedRequest request, ServerCallContext context)
    {
        var peer = request.Peer.Length > 0
            ? Peers(request.Peer)[0]
            : throw ExchangeException.Invalid("peer", "Name the partner that sent the change.");
        if (request.Kind.Length is 0 or > 63 || request.Kind.Contains('\0', StringComparison.Ordinal))
        {
            throw ExchangeException.Invalid("kind", "Name the kind, as ListQuarantine does.");
        }

        var key = new RecordKey(request.Kind, RecordResolver.ParseId("id", request.Id));
        await reaches.Of(context).RequireReadAsync(key, context.CancellationToken);
        var reason = request.Reason.Trim();
        if (reason.Length is 0 or > MaxReasonLength)
        {
            throw ExchangeException.Invalid("reason", $"Say why, in 1 to {MaxReasonLength} characters.");
        }

        if (PersonalNumbers.StandIn(reason))
        {
            throw ExchangeException.Invalid(
                "reason", "It holds a long number. The partner is told it: name no person in it.");
        }

        try
        {
            var row = await discards.DiscardAsync(peer, key, reason, context.CancellationToken);
            return new DiscardQuarantinedResponse { Item = QuarantineLists.ToItem(peer, key, row) };
        }
        catch (EntryConflictException)
        {
            throw new ExchangeException(
                StatusCode.Aborted,
                ErrorReason.VersionConflict,
                $"A newer change of this {key.Kind} took its place just now. List the quarantine again.",
                ("kind", key.Kind),
                ("id", key.Id.ToString()));
        }
    }

    private static RecordKey KeyOf(QuarantineItem item) => new(item.Kind, Guid.Parse(item.Id));

    private async Task RetryAsync(string peer, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await flows.Sink(peer).RetryQuarantineAsync(cancellationToken);
                return;
            }
            catch (EntryConflictException) when (attempt < Attempts)
            {
                // A running session committed in between.
            }
            catch (EntryConflictException)
            {
                throw SyncFailure.Superseded(peer).ToException();
            }
        }
    }

    private IReadOnlyList<string> Peers(string peer) => peer.Length == 0
        ? [.. peers.All.Select(known => known.Node)]
        : peers.TryFind(peer, out _) ? [peer]
        : throw ExchangeException.Invalid("peer", "No partner has that node id.");
}
