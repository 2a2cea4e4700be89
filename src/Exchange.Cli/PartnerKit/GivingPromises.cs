using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Cli.PartnerKit;

/// <summary>What a partner gives, if it gives anything.</summary>
internal static class GivingPromises
{
    private const string Section = "giving";

    public static IEnumerable<Promise> All =>
    [
        new(
            "giving.again",
            "A batch that wasn't acknowledged is given again",
            Section,
            "a Hello; the partner's first batch is left unanswered and the call is cut; Hello again",
            "the same batch again",
            AgainAsync),
        new(
            "giving.sound",
            "Batches follow each other, hold nothing that wasn't agreed, and come to the digest that CaughtUp names",
            Section,
            "a session in which everything is taken",
            "batches without a gap, records at home at the partner, kinds and fields that the agreement lists, right "
            + "hashes, and a digest that matches",
            SoundAsync),
        new(
            "giving.not-twice",
            "What was acknowledged isn't given again",
            Section,
            "a session behind one in which everything was taken",
            "no changes",
            NotTwiceAsync),
    ];

    private static async Task<string> AgainAsync(KitRun run)
    {
        var first = await FirstBatchAsync(run) ?? throw Nothing();
        var again = await FirstBatchAsync(run);
        KitChecks.Must(
            again is not null && first.From.Equals(again.From) && again.Changes.Count >= first.Changes.Count,
            $"first a batch from {FeedCursors.Text(first.From)}, then "
            + (again is null ? "none" : $"one from {FeedCursors.Text(again.From)}"));
        return $"twice a batch of {first.Changes.Count} changes from {FeedCursors.Text(first.From)}";
    }

    private static async Task<SyncBatch?> FirstBatchAsync(KitRun run)
    {
        using var session = await run.OpenAsync(hello => hello.Applied = new FeedCursor());
        session.IsSilent = true;
        var frame = await session.UntilAsync("a batch or CaughtUp", frame => frame.Batch is not null
            || frame.CaughtUp is not null);
        return frame.Batch is { Changes.Count: > 0 } batch ? batch : null;
    }

    private static async Task<string> SoundAsync(KitRun run)
    {
        using var session = await run.OpenAsync();
        await session.StatementAsync();
        KitChecks.Must(run.Taken.Faults.Count == 0, string.Join("; ", run.Taken.Faults.Distinct().Take(3)));
        return run.Taken.Changes > 0
            ? $"{run.Taken.Changes} changes in {run.Taken.Batches} batches so far; the digest is the expected one"
            : throw Nothing();
    }

    private static async Task<string> NotTwiceAsync(KitRun run)
    {
        using (var session = await run.OpenAsync())
        {
            await session.StatementAsync();
        }

        var before = run.Taken.Changes;
        if (before == 0)
        {
            throw Nothing();
        }

        using var again = await run.OpenAsync();
        await again.StatementAsync();
        var more = run.Taken.Changes - before;
        KitChecks.Must(more == 0, $"{more} changes");
        return "none";
    }

    private static PromiseUntestedException Nothing() => new(
        "it gave nothing: publish an employer and a vacancy there if it gives any");
}
