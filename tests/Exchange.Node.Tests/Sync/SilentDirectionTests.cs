using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>A province gives nothing back to its prefecture.</summary>
public sealed class SilentDirectionTests
{
    [Fact]
    public async Task A_direction_in_which_nothing_flows_moves_on_without_reading_the_feed()
    {
        var time = new ManualTime();
        await using var prefecture = await FlowNode.OpenAsync(SampleAgreements.Region, time);
        await using var province = await FlowNode.OpenAsync(SampleAgreements.Hub, time);
        var agreement = SampleAgreements.Province();
        await prefecture.PutAsync(People.Worker(1), FlowNode.Duty);
        await FlowPass.RunAsync(prefecture, province, agreement);

        var before = province.Store.FeedReads;
        var page = await province.Flows(agreement).Source(prefecture.Id).ReadAsync(new FeedCursor(), default);

        Assert.True(page.AtHead);
        Assert.Empty(page.Changes);
        Assert.Equal((ulong)(await province.Store.GetStatusAsync(default)).Head.Value, page.To.Position);
        Assert.Equal(before, province.Store.FeedReads);
    }
}
