using Exchange.Node.Errors;
using Exchange.Node.Outages;
using Exchange.Node.Tests.Sync;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Outages;

/// <summary>What a node remembers of outages, its own and its partners'.</summary>
public sealed class OutageBookTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private FlowNode _node = null!;

    private OutageBook Book => _node.Outages;

    private DateTimeOffset Now => _time.GetUtcNow();

    public async Task InitializeAsync() => _node = await FlowNode.OpenAsync("zhaotong", _time);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task The_same_announcement_gives_the_same_outage()
    {
        var first = await Book.AnnounceAsync(Now.AddDays(1), Now.AddDays(2), "new disks", default);
        var again = await Book.AnnounceAsync(Now.AddDays(1), Now.AddDays(2), "new disks", default);

        Assert.Equal(first, again);
        Assert.Single(await Book.AllAsync(default));
    }

    [Fact]
    public async Task An_announcement_for_now_is_the_same_when_it_is_repeated_later()
    {
        var end = Now.AddDays(2);
        var first = await Book.AnnounceAsync(null, end, "new disks", default);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(first, await Book.AnnounceAsync(null, end, "new disks", default));
    }

    [Theory]
    [InlineData(1, 1, "new disks", "end_time")]
    [InlineData(-3, -1, "new disks", "end_time")]
    [InlineData(0, 732, "new disks", "end_time")]
    [InlineData(732, 733, "new disks", "start_time")]
    [InlineData(0, 1, " ", "reason")]
    [InlineData(0, 1, "two\nlines", "reason")]
    public async Task What_breaks_a_rule_is_refused_with_its_field(int from, int until, string reason, string field)
    {
        var error = await Assert.ThrowsAsync<ExchangeException>(
            () => Book.AnnounceAsync(Now.AddDays(from), Now.AddDays(until), reason, default));

        Assert.Equal(field, Assert.Single(error.Violations).Field);
        Assert.Empty(await Book.AllAsync(default));
    }

    [Fact]
    public async Task More_than_20_arent_planned_because_partners_would_refuse_the_hello()
    {
        for (var day = 1; day <= OutageRules.MaxPlanned; day++)
        {
            await Book.AnnounceAsync(Now.AddDays(day), Now.AddDays(day + 1), "new disks", default);
        }

        await Assert.ThrowsAsync<ExchangeException>(
            () => Book.AnnounceAsync(Now.AddDays(30), Now.AddDays(31), "new disks", default));
        Assert.Null(OutageRules.FaultOf([.. await Book.OwnAsync(default)], "zhaotong"));
    }

    [Fact]
    public async Task Called_off_before_it_begins_it_is_forgotten_and_later_it_ends_then()
    {
        var coming = await Book.AnnounceAsync(Now.AddDays(1), Now.AddDays(2), "new disks", default);
        var running = await Book.AnnounceAsync(Now.AddHours(-1), Now.AddDays(2), "power", default);

        await Book.CancelAsync(Guid.Parse(coming.Id), default);
        var ended = await Book.CancelAsync(Guid.Parse(running.Id), default);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(Now.AddHours(-1).ToTimestamp(), ended.EndTime);
        Assert.Equal(ended, Assert.Single(await Book.AllAsync(default)));
        Assert.Empty(await Book.OwnAsync(default));
        Assert.Equal(ended, await Book.CancelAsync(Guid.Parse(running.Id), default));
        await Assert.ThrowsAsync<ExchangeException>(() => Book.CancelAsync(Guid.Parse(coming.Id), default));
    }

    [Fact]
    public async Task What_a_partner_no_longer_tells_is_called_off_and_ours_stays()
    {
        var ours = await Book.AnnounceAsync(Now.AddDays(1), Now.AddDays(2), "new disks", default);
        var (kept, dropped) = (Theirs(1), Theirs(3));
        await Book.TakeAsync("dongguan", [kept, dropped], default);

        await Book.TakeAsync("dongguan", [kept], default);

        Assert.Equal([kept], await Book.PlannedAsync("dongguan", default));
        Assert.Equal([ours], await Book.OwnAsync(default));
        Assert.Equal(2, (await Book.BetweenAsync("dongguan", default)).Count);
        Assert.Equal([ours], await Book.BetweenAsync("zhongshan", default));
    }

    [Fact]
    public async Task One_that_is_over_is_remembered_for_the_retention()
    {
        await Book.AnnounceAsync(null, Now.AddDays(1), "new disks", default);
        _time.Advance(TimeSpan.FromDays(2));

        await Book.ForgetAsync(Now.AddDays(-2), default);
        Assert.Single(await Book.AllAsync(default));

        await Book.ForgetAsync(Now, default);
        Assert.Empty(await Book.AllAsync(default));
    }

    [Fact]
    public void A_partners_outages_are_checked_before_they_are_taken()
    {
        var good = Theirs(1);

        Assert.Null(OutageRules.FaultOf([good], "dongguan"));
        Assert.NotNull(OutageRules.FaultOf([good, good], "dongguan"));
        Assert.NotNull(OutageRules.FaultOf([good], "zhongshan"));
        Assert.NotNull(OutageRules.FaultOf([.. Enumerable.Range(1, 21).Select(Theirs)], "dongguan"));
        Assert.NotNull(Broken(outage => outage.Id = "x"));
        Assert.NotNull(Broken(outage => outage.Reason = ""));
        Assert.NotNull(Broken(outage => outage.StartTime = null));
        Assert.NotNull(Broken(outage => outage.EndTime = outage.StartTime));
        Assert.NotNull(Broken(outage => outage.EndTime = new Timestamp { Seconds = long.MaxValue }));
        Assert.NotNull(Broken(outage => outage.EndTime = Now.AddDays(800).ToTimestamp()));
        Assert.NotNull(Broken(outage => outage.AnnounceTime = Now.AddDays(-800).ToTimestamp()));
    }

    private string? Broken(Action<PlannedOutage> change)
    {
        var outage = Theirs(1);
        change(outage);
        return OutageRules.FaultOf([outage], "dongguan");
    }

    private PlannedOutage Theirs(int day) => new()
    {
        Id = Guid.CreateVersion7(Now).ToString(),
        Node = "dongguan",
        StartTime = Now.AddDays(day).ToTimestamp(),
        EndTime = Now.AddDays(day + 1).ToTimestamp(),
        Reason = "moving house",
        AnnounceTime = Now.ToTimestamp(),
    };
}
