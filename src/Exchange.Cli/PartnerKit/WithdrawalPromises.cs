using Exchange.V1;

namespace Exchange.Cli.PartnerKit;

/// <summary>What is taken back is gone, and nothing that comes late brings it back.</summary>
internal static class WithdrawalPromises
{
    private const string Section = "taking-back";
    private const string Kind = "worker";

    public static IEnumerable<Promise> All =>
    [
        new(
            "withdrawal.removal",
            "A record that is taken back is gone; one that left the agreement's scope may come again",
            Section,
            "a record; its removal (LEFT_SCOPE); a newer version of it",
            "a digest without it, then one with it",
            RemovalAsync),
        new(
            "withdrawal.overtakes",
            "A removal that overtakes its record keeps it out",
            Section,
            "the removal of a record that never came; then the record, of an older version",
            "an ack that skips the record, and a digest without it",
            OvertakesAsync),
        new(
            "withdrawal.consent",
            "After a consent was withdrawn, nothing that rests on it or an older one is kept; a renewed consent "
            + "brings it "
            + "back",
            Section,
            "a record by consent 5; its removal (CONSENT_WITHDRAWN, consent 6); the same record again; a newer "
            + "version by "
            + "consent 5; a still newer one by consent 7",
            "the second and third aren't kept, the fourth is",
            ConsentAsync),
        new(
            "withdrawal.erasure",
            "After an erasure nothing of the record ever comes back",
            Section,
            "a record; its removal (CONSENT_WITHDRAWN, consent 18446744073709551615); newer versions by consent "
            + "9 and by "
            + "statutory duty",
            "neither is kept",
            ErasureAsync),
    ];

    private static async Task<string> RemovalAsync(KitRun run)
    {
        var id = KitRecords.NewId();
        using var session = await run.OpenAsync();
        await KitChecks.MustApplyAsync(run, session, run.Records.Worker(id));
        await session.TakeBackAsync(run.Records.Removal(Kind, id, RemovalReason.LeftScope));
        run.Books.Drop(Kind, id);
        await KitChecks.MustHoldAsync(run, session, "after the removal ");
        await KitChecks.MustApplyAsync(run, session, run.Records.Worker(id));
        return await KitChecks.MustHoldAsync(run, session, "gone and back; ");
    }

    private static async Task<string> OvertakesAsync(KitRun run)
    {
        var late = run.Records.Worker(KitRecords.NewId());
        using var session = await run.OpenAsync();
        await session.TakeBackAsync(run.Records.Removal(Kind, late.Id, RemovalReason.Deleted));
        KitChecks.MustSkip(await session.GiveAsync(late), "the record");
        return await KitChecks.MustHoldAsync(run, session, "the record was skipped; ");
    }

    private static async Task<string> ConsentAsync(KitRun run)
    {
        var id = KitRecords.NewId();
        var first = run.Records.WorkerByConsent(id, 5);
        using var session = await run.OpenAsync();
        await KitChecks.MustApplyAsync(run, session, first);
        await session.TakeBackAsync(run.Records.Removal(Kind, id, RemovalReason.ConsentWithdrawn, 6));
        run.Books.Drop(Kind, id);
        await KitChecks.MustHoldAsync(run, session, "after the withdrawal ");
        KitChecks.MustSkip(await session.GiveAsync(first), "the same record again");
        KitChecks.MustSkip(await session.GiveAsync(run.Records.WorkerByConsent(id, 5)), "a newer one by consent 5");
        await KitChecks.MustHoldAsync(run, session, "after both ");
        await KitChecks.MustApplyAsync(run, session, run.Records.WorkerByConsent(id, 7));
        return await KitChecks.MustHoldAsync(run, session, "kept out until consent 7; ");
    }

    private static async Task<string> ErasureAsync(KitRun run)
    {
        var id = KitRecords.NewId();
        using var session = await run.OpenAsync();
        await KitChecks.MustApplyAsync(run, session, run.Records.Worker(id));
        await session.TakeBackAsync(run.Records.Removal(Kind, id, RemovalReason.ConsentWithdrawn, ulong.MaxValue));
        run.Books.Drop(Kind, id);
        await KitChecks.MustHoldAsync(run, session, "after the erasure ");
        KitChecks.MustSkip(await session.GiveAsync(run.Records.WorkerByConsent(id, 9)), "a newer one by consent 9");
        KitChecks.MustSkip(await session.GiveAsync(run.Records.Worker(id)), "a newer one by statutory duty");
        return await KitChecks.MustHoldAsync(run, session, "neither came back; ");
    }
}
