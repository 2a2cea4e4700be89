using Exchange.V1;
using Grpc.Core;
using Grpc.Health.V1;

namespace Exchange.Cli.Client;

/// <summary>What a node tells of itself, put together from its calls; the JSON of <c>exchange status</c>.</summary>
internal sealed record StatusReport
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The node's id.</summary>
    public required string Node { get; init; }

    /// <summary>The body that runs it.</summary>
    public required string Name { get; init; }

    public required string Address { get; init; }

    public required string Software { get; init; }

    /// <summary>What the health service says: <c>SERVING</c>, <c>NOT_SERVING</c>.</summary>
    public required string Health { get; init; }

    /// <summary>Accepts generated ID numbers.</summary>
    public required bool TestNode { get; init; }

    /// <summary>The storage engine.</summary>
    public required string Engine { get; init; }

    /// <summary>The epoch of the feed.</summary>
    public required string Epoch { get; init; }

    /// <summary>The newest position of the feed.</summary>
    public required ulong Position { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    /// <summary>Open watch streams.</summary>
    public required int Watchers { get; init; }

    /// <summary>Live records by kind.</summary>
    public required IReadOnlyDictionary<string, long> Records { get; init; }

    public required long Tombstones { get; init; }

    /// <summary>Findings about ID numbers that nobody has settled.</summary>
    public required ulong OpenReviews { get; init; }

    /// <summary>Until when the node's own certificate is good.</summary>
    public required DateTimeOffset? CertificateValidTo { get; init; }

    /// <summary>The partners, by node id.</summary>
    public required IReadOnlyList<PeerReport> Peers { get; init; }

    public static async Task<StatusReport> ReadAsync(
        NodeConnection node, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new CallOptions(
            deadline: (time.GetUtcNow() + Patience).UtcDateTime, cancellationToken: cancellationToken);
        var identity = (await node.Nodes.GetNodeAsync(new GetNodeRequest(), options)).Node;
        var status = await node.Nodes.GetStatusAsync(new GetStatusRequest(), options);
        var certificate = await node.Peers.GetCertificateAsync(new GetCertificateRequest(), options);
        var peers = await ListPeersAsync(node, options);
        var health = await node.Health.CheckAsync(new HealthCheckRequest(), options);
        return new StatusReport
        {
            Node = identity.Id,
            Name = identity.Name,
            Address = node.Address.ToString(),
            Software = identity.Software,
            Health = Output.Names.Upper(health.Status.ToString()),
            TestNode = identity.TestNode,
            Engine = status.Engine,
            Epoch = status.Epoch,
            Position = status.Head?.Position ?? 0,
            StartTime = status.StartTime?.ToDateTimeOffset() ?? default,
            Watchers = status.Watchers,
            Records = status.Kinds.ToDictionary(kind => kind.Kind, kind => kind.Live),
            OpenReviews = status.OpenReviewCount,
            Tombstones = status.Kinds.Sum(kind => kind.Tombstones),
            CertificateValidTo = certificate.ValidToTime?.ToDateTimeOffset(),
            Peers = [.. peers.Select(PeerReport.From)],
        };
    }

    private static async Task<List<PeerStatus>> ListPeersAsync(NodeConnection node, CallOptions options)
    {
        var peers = new List<PeerStatus>();
        var request = new ListPeersRequest();
        do
        {
            var page = await node.Nodes.ListPeersAsync(request, options);
            peers.AddRange(page.Peers);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return peers;
    }
}
