using Exchange.Node.Records;
using Exchange.Node.Reviews;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Exchange.Node.Hosting;

/// <summary>The node itself, over gRPC, for operators.</summary>
internal sealed class NodeService(
    IRecordStore store,
    NodeIdentity identity,
    NodeKeys keys,
    NodeStart start,
    FeedTail tail,
    PeerStates peers,
    IdentityReviews reviews,
    SyncScheduler scheduler,
    ProtocolVersions protocol,
    TimeProvider time) : V1.NodeService.NodeServiceBase
{
    /// <summary>The software version, as the build made it.</summary>
    public static string Software { get; } =
        typeof(NodeService).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    public override Task<GetNodeResponse> GetNode(GetNodeRequest request, ServerCallContext context) =>
        Task.FromResult(new GetNodeResponse
        {
            Node = new V1.Node
            {
                Id = identity.Id,
                Name = identity.Name,
                Software = Software,
                MinProtocol = protocol.MinOn(NodeIdentity.Today(time)),
                MaxProtocol = protocol.Max,
                PublicKey = ByteString.CopyFrom(keys.PublicKey),
                TestNode = identity.TestNode,
            },
        });

    public override async Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context)
    {
        var status = await store.GetStatusAsync(context.CancellationToken);
        var response = new GetStatusResponse
        {
            Engine = status.Engine,
            Epoch = status.Epoch.ToString(),
            Head = new FeedCursor { Epoch = status.Epoch.ToString(), Position = (ulong)status.Head.Value },
            StartTime = start.Time.ToTimestamp(),
            Watchers = tail.Watchers,
            OpenReviewCount = (ulong)await reviews.CountOpenAsync(context.CancellationToken),
        };
        response.Kinds.AddRange(status.Kinds
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new KindStatus
            {
                Kind = pair.Key,
                Live = pair.Value.Live,
                Tombstones = pair.Value.Tombstones,
            }));
        return response;
    }

    public override async Task<ListPeersResponse> ListPeers(ListPeersRequest request, ServerCallContext context)
    {
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListPeersRequest();
        var after = PageToken.Decode(request.PageToken, scope, time)?.Value ?? "";
        var all = await peers.ListAsync(context.CancellationToken);
        var rest = all.Where(peer => string.CompareOrdinal(peer.Node, after) > 0).ToList();
        var response = new ListPeersResponse();
        response.Peers.AddRange(rest.Take(size));
        response.NextPageToken = PageToken.Encode(
            rest.Count > size ? new QueryCursor(rest[size - 1].Node, Guid.Empty) : null, scope, time);
        return response;
    }

    public override async Task<SyncNowResponse> SyncNow(SyncNowRequest request, ServerCallContext context)
    {
        var summary = await scheduler.SyncNowAsync(request.Peer, request.Verify, context.CancellationToken);
        return new SyncNowResponse
        {
            SessionId = summary.SessionId,
            SentCount = summary.Sent,
            ReceivedCount = summary.Received,
            QuarantinedCount = summary.Quarantined,
            DigestsMatch = summary.DigestsMatch,
            Duration = summary.Duration.ToDuration(),
            Resumed = summary.Resumed,
            ReturnedCount = summary.Returned,
            Repairs = { summary.Found.Items },
            RepairCount = summary.Found.Count,
            UnrepairedCount = summary.Found.UnrepairedCount,
            Recounted = summary.Recounted,
        };
    }
}
