using Exchange.Testing.Simulation;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Breaks one promise at a time, and sees the simulation find it: otherwise it would prove nothing.</summary>
public sealed class BrokenPromiseTests
{
    private const int Seeds = 200;

    private static readonly SimulationOptions Corrupting = new() { Corrupts = true };

    [Fact]
    public Task A_sink_that_acknowledges_before_it_commits_is_caught() =>
        IsCaughtAsync("acknowledged records are lost", (id, peer, random) => new EarlyAcknowledger(id, peer, random));

    [Fact]
    public Task A_sink_that_commits_the_cursor_before_the_records_is_caught() =>
        IsCaughtAsync("ahead of its data", (id, peer, random) => new CursorFirstSink(id, peer, random));

    [Fact]
    public Task A_sink_that_only_remembers_the_cursor_is_caught() =>
        IsCaughtAsync("acknowledged records are lost", (id, peer, random) => new ForgottenCursorSink(id, peer, random));

    [Fact]
    public Task A_sink_that_leaves_the_cursor_where_it_was_is_caught() =>
        IsCaughtAsync("The quiet session failed", (id, peer, random) => new StuckCursorSink(id, peer, random));

    [Fact]
    public Task A_sink_that_doesnt_compare_versions_is_caught() =>
        IsCaughtAsync("took effect twice", (id, peer, random) => new UnversionedSink(id, peer, random));

    [Fact]
    public Task A_source_that_says_it_is_at_the_head_too_early_is_caught() =>
        IsCaughtAsync(
            "Caught up too early",
            (id, peer, random) => new HastySource(id, peer, random),
            new SimulationOptions { Mode = SyncMode.Nightly });

    [Fact]
    public Task A_source_that_registers_after_it_sent_is_caught() =>
        IsCaughtAsync("the register of", (id, peer, random) => new UnregisteringSource(id, peer, random));

    [Fact]
    public Task A_source_that_confirms_what_it_only_read_is_caught() =>
        IsCaughtAsync("acknowledged records are lost", (id, peer, random) => new OverconfidentSource(id, peer, random));

    [Fact]
    public Task A_source_that_drops_reprojections_before_they_are_acknowledged_is_caught() =>
        IsCaughtAsync("ahead of its data", (id, peer, random) => new ForgetfulQueue(id, peer, random));

    [Fact]
    public Task A_restored_home_that_takes_nothing_back_is_caught() => IsCaughtAsync(
        "ahead of its data",
        (id, peer, random) => new DeafHome(id, peer, random),
        new SimulationOptions { Restores = true });

    [Fact]
    public Task A_giver_that_overlooks_that_its_peer_was_restored_is_caught() => IsCaughtAsync(
        "Two digests differ",
        (id, peer, random) => new ForgetfulGiver(id, peer, random),
        new SimulationOptions { Restores = true });

    [Fact]
    public Task A_source_that_sends_a_repair_with_the_revision_that_the_peer_holds_is_caught() =>
        IsCaughtAsync("holds", (id, peer, random) => new UnforcedRepairs(id, peer, random), Corrupting);

    [Fact]
    public Task A_source_that_drops_repairs_which_dont_fit_into_a_page_is_caught() =>
        IsCaughtAsync("holds", (id, peer, random) => new ForgetfulRepairs(id, peer, random), Corrupting);

    [Fact]
    public Task A_sink_that_trusts_its_running_sum_is_caught() =>
        IsCaughtAsync("running sum", (id, peer, random) => new TrustingSink(id, peer, random), Corrupting);

    [Fact]
    public async Task A_receiver_that_accepts_gaps_is_caught()
    {
        var receiver = new GapAcceptingReceiver(new Random(1));

        var options = new SimulationOptions { IsHostile = false, Tamper = receiver.Tamper };
        var isCaught = false;
        for (var seed = 1; seed <= Seeds && !isCaught; seed++)
        {
            try
            {
                await ModelSimulation.RunAsync(seed, options);
            }
            catch (SimulationFailedException failure)
            {
                // A lost batch with nothing behind it only leaves its sender waiting for the answer.
                isCaught = failure.Promise.Contains("ahead of its data", StringComparison.Ordinal);
            }
        }

        Assert.True(isCaught);
    }

    private static async Task IsCaughtAsync(
        string promise, ModelSimulation.NodeFactory make, SimulationOptions? options = null)
    {
        var failure = await ModelSimulation.HuntAsync(Seeds, options ?? new SimulationOptions(), make);

        Assert.NotNull(failure);
        Assert.Contains(promise, failure.Promise, StringComparison.Ordinal);
    }
}
