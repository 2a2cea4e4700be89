using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Services;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Type;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Reports;

/// <summary>The report of real nights between two nodes: all well, partner down, line cut, agreements that differ.</summary>
public sealed class MorningReportTests
{
    [Fact]
    public async Task When_all_is_well_both_sides_say_so_in_both_languages()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync();
        await nodes.Town.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        await nodes.SyncAsync();

        var here = await ReportAsync(nodes.Region, ReportLanguage.En);
        var there = await ReportAsync(nodes.Town, ReportLanguage.Zh);

        Assert.False(here.Partners[0].NeedsAttention);
        Assert.Contains("  Came: 1 changes (vacancies 1). Went: 0 changes.", here.Lines);
        Assert.Contains("  Both sides hold the same.", here.Lines);
        Assert.Contains("  Receipt 1 is signed by both.", here.Lines);
        Assert.Contains("zhaotong：一切正常。", there.Lines);
        Assert.Contains("  收到 0 条；发出 1 条（岗位 1）。", there.Lines);
        Assert.Contains("  下次同步：等 zhaotong 呼叫本节点。", there.Lines);
    }

    [Fact]
    public async Task A_partner_that_is_down_is_its_fault()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync();
        await nodes.Town.StopAsync();
        await Assert.ThrowsAsync<RpcException>(nodes.SyncAsync);

        var report = await ReportAsync(nodes.Region, ReportLanguage.En);

        Assert.Equal(FaultSide.Theirs, report.Partners[0].Fault);
        Assert.Contains(report.Lines, line => line.Contains(
            "the partner's machine answers, but its node isn't running. Whose fault: the partner's.",
            StringComparison.Ordinal));
        Assert.Contains(
            "  怎么办：联系对方节点的维护人员，告知时间和原因。",
            (await ReportAsync(nodes.Region, ReportLanguage.Zh)).Lines);
    }

    [Fact]
    public async Task A_line_that_is_cut_is_the_lines_fault_and_a_success_after_it_settles_it()
    {
        await using var line = new CutLine();
        await using var nodes = await AgreedNodes.StartAgreedAsync(address: line.Address);
        await Assert.ThrowsAsync<RpcException>(nodes.SyncAsync);

        var cut = await ReportAsync(nodes.Region, ReportLanguage.Zh);
        line.Target = nodes.Town.Address;
        await nodes.SyncAsync();
        var mended = await ReportAsync(nodes.Region, ReportLanguage.En);

        Assert.Equal(FaultSide.Line, cut.Partners[0].Fault);
        Assert.Contains(cut.Lines, text => text.Contains("连不上对方，或线路中断。责任：线路。", StringComparison.Ordinal));
        Assert.False(mended.Partners[0].NeedsAttention);
        Assert.Equal(1ul, mended.Partners[0].Day.FailedCount);
        Assert.Contains("dongguan: all is well.", mended.Lines);
    }

    [Fact]
    public async Task Agreements_that_differ_are_told_on_both_sides()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync();
        var proposed = await nodes.ProposeAsync(SampleAgreements.Narrower(month: 3, day: 2));
        await nodes.AcceptAsync(nodes.Town, proposed.Signed);
        await Assert.ThrowsAsync<RpcException>(nodes.SyncAsync);

        var here = await ReportAsync(nodes.Region, ReportLanguage.En);
        var there = await ReportAsync(nodes.Town, ReportLanguage.Zh);

        Assert.Equal(FaultSide.Agreement, here.Partners[0].Fault);
        Assert.Contains(here.Lines, line => line.EndsWith(
            "the two nodes hold different versions of the agreement. Whose fault: the agreement's.",
            StringComparison.Ordinal));
        Assert.Equal(FaultSide.Agreement, there.Partners[0].Fault);
        Assert.Contains("  怎么办：请双方启用同一份协议。", there.Lines);
    }

    [Fact]
    public async Task A_day_that_is_yet_to_come_is_refused()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await nodes.Region.Reports.GetMorningReportAsync(
            new GetMorningReportRequest { Day = new Date { Year = 2099, Month = 1, Day = 1 } }));

        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
    }

    [Fact]
    public async Task What_ends_within_thirty_days_is_told_in_time()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync();
        await nodes.SyncAsync();

        // The test's certificates end with the year 2099.
        nodes.Time.SetUtcNow(new DateTimeOffset(2099, 11, 30, 4, 0, 0, TimeSpan.Zero));
        var early = await ReportAsync(nodes.Region, ReportLanguage.En);
        nodes.Time.SetUtcNow(new DateTimeOffset(2099, 12, 5, 4, 0, 0, TimeSpan.Zero));
        foreach (var (name, days) in new[] { ("city-jobs", 20), ("county-bus", 40) })
        {
            await nodes.Region.Access.CreateCredentialAsync(new CreateCredentialRequest
            {
                Credential = new Credential
                {
                    Name = name,
                    Roles = { Role.Reader },
                    ExpireTime = Timestamp.FromDateTimeOffset(nodes.Time.GetUtcNow().AddDays(days)),
                },
            });
        }

        var english = await ReportAsync(nodes.Region, ReportLanguage.En);
        var chinese = await ReportAsync(nodes.Region, ReportLanguage.Zh);

        Assert.DoesNotContain(early.Lines, line => line.Contains("good until", StringComparison.Ordinal));
        Assert.Contains(
            "The certificate of this node is good until 2100-01-01 08:00 only: run exchange certificate roll.", english.Lines);
        Assert.Contains(
            "  The certificate of dongguan is good until 2100-01-01 only: ask them to renew it.", english.Lines);
        Assert.Contains(
            "The credential city-jobs ends at 2099-12-25 12:00: give its system another with exchange access create.",
            english.Lines);
        Assert.Equal("city-jobs", Assert.Single(english.EndingCredentials).Name);
        Assert.True(english.Partners[0].NeedsAttention);
        Assert.Contains("凭证 city-jobs 于 2099-12-25 12:00 到期：请用 exchange access create 为该系统换发。", chinese.Lines);
        Assert.Contains("  dongguan 的证书于 2100-01-01 到期：请通知对方更换。", chinese.Lines);
    }

    private static async Task<GetMorningReportResponse> ReportAsync(TestNode node, ReportLanguage language) =>
        await node.Reports.GetMorningReportAsync(new GetMorningReportRequest { Language = language });
}
