using Exchange.Node.Agreements;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Sync;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Services;

/// <summary>Partners are listed a page at a time, as AIP-158 has it.</summary>
public sealed class ListPeersTests
{
    private static readonly string[] Names = ["dongguan", "foshan", "huizhou", "zhongshan", "zhuhai"];

    [Fact]
    public async Task Pages_go_through_all_partners_in_order_and_the_last_has_no_token()
    {
        await using var node = await StartAsync();
        var request = new ListPeersRequest { PageSize = 2 };
        var pages = new List<string>();
        do
        {
            var page = await node.Node.ListPeersAsync(request);
            pages.Add(string.Join(' ', page.Peers.Select(peer => peer.Node)));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(["dongguan foshan", "huizhou zhongshan", "zhuhai"], pages);
        var all = await node.Node.ListPeersAsync(new ListPeersRequest());
        Assert.Equal((Names.Length, ""), (all.Peers.Count, all.NextPageToken));
    }

    [Fact]
    public async Task A_token_of_something_else_and_a_negative_size_are_refused()
    {
        await using var node = await StartAsync();

        var token = await Assert.ThrowsAsync<RpcException>(
            async () => await node.Node.ListPeersAsync(new ListPeersRequest { PageToken = "abc" }));
        var size = await Assert.ThrowsAsync<RpcException>(
            async () => await node.Node.ListPeersAsync(new ListPeersRequest { PageSize = -1 }));

        Assert.Equal("ERROR_REASON_PAGE_TOKEN_INVALID", token.Reason());
        Assert.Equal("ERROR_REASON_FIELD_INVALID", size.Reason());
    }

    private static async Task<TestNode> StartAsync()
    {
        var node = await TestNode.StartAsync(SampleAgreements.Region);
        var terms = new AgreementTerms(SampleAgreements.City());
        node.Services.GetRequiredService<SyncPeers>().Replace(Names.Select(
            name => new SyncPeer(new PeerOptions { Node = name }, [terms], FlowNode.DigestKey)));
        return node;
    }
}
