using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.PartnerKit;

/// <summary>What can't be used is put aside, told, and holds nothing up.</summary>
internal static class QuarantinePromises
{
    private const string Section = "quarantine";

    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    public static IEnumerable<Promise> All =>
    [
        Of(
            "invalid",
            "A record that contradicts itself is put into quarantine",
            "a record whose payload_hash isn't its payload's, and a good one behind it in the same batch",
            ErrorReason.ChangeInvalid,
            run =>
            {
                var record = run.Records.Worker(KitRecords.NewId());
                record.PayloadHash = ByteString.CopyFrom(new byte[32]);
                return record;
            }),
        new(
            "quarantine.clock-ahead",
            "A record from a clock that is too far ahead waits",
            Section,
            "a record with a version one hour ahead; then its removal, of a version just behind that",
            "both in quarantine for ERROR_REASON_CHANGE_CLOCK_AHEAD; the digest counts the record until it is removed",
            ClockAheadAsync),
        Of(
            "not-from-home",
            "Only its home gives a record",
            "a record whose home is a third node, and a good one behind it in the same batch",
            ErrorReason.ChangeNotFromHome,
            run =>
            {
                var record = run.Records.Worker(KitRecords.NewId());
                record.HomeNode = "somebody-else";
                return record;
            }),
        Of(
            "out-of-agreement",
            "A kind that the agreement doesn't list isn't used",
            "a record of a kind that the agreement doesn't list, and a good one behind it in the same batch",
            ErrorReason.ChangeOutOfAgreement,
            run => run.Records.Unknown("check_unlisted")),
        new(
            "quarantine.waiting",
            "A record that names one that hasn't come is kept and told as waiting, until that has come",
            Section,
            "a placement event whose worker hasn't come; then the worker",
            "an ack that applies the event and lists it as waiting for the worker; then one that settles it",
            WaitingAsync),
    ];

    private static Promise Of(
        string id, string says, string sent, ErrorReason reason, Func<KitRun, Record> make) => new(
        $"quarantine.{id}",
        says,
        Section,
        sent,
        $"an ack with one applied and one in quarantine for {KitText.Reason(reason)}; the digest counts both as held",
        async run =>
        {
            var (bad, good) = (make(run), run.Records.Worker(KitRecords.NewId()));
            using var session = await run.OpenAsync();
            var ack = await session.GiveAsync(bad, good);
            run.Books.Hold(good);
            MustList(ack, bad, reason);
            KitChecks.Must(ack.AppliedCount == 1, KitText.Ack(ack));
            run.Books.Hold(bad);
            return await KitChecks.MustHoldAsync(run, session, KitText.Ack(ack) + "; ");
        });

    private static async Task<string> ClockAheadAsync(KitRun run)
    {
        var record = run.Records.Worker(KitRecords.NewId());
        record.Version = run.Records.Ahead(Ahead);
        using var session = await run.OpenAsync();
        var ack = await session.GiveAsync(record);
        MustList(ack, record, ErrorReason.ChangeClockAhead);
        run.Books.Hold(record);
        var came = await KitChecks.MustHoldAsync(run, session, KitText.Ack(ack) + "; ");

        var removal = run.Records.Removal(record.Kind, record.Id, RemovalReason.Deleted);
        removal.Version.Clock = record.Version.Clock + 1;
        await session.TakeBackAsync(removal);
        run.Books.Drop(record.Kind, record.Id);
        await KitChecks.MustHoldAsync(run, session, "after its removal ");
        return came;
    }

    private static async Task<string> WaitingAsync(KitRun run)
    {
        var worker = run.Records.Worker(KitRecords.NewId());
        var happened = run.Records.EventOf(worker.Id);
        using var session = await run.OpenAsync();
        var first = await session.GiveAsync(happened);
        run.Books.Hold(happened);
        KitChecks.Must(
            first is { AppliedCount: 1, Quarantined.Count: 0 }
            && first.Waiting.Any(one => one.Id == happened.Id && one.Missing.Any(missing => missing.Id == worker.Id)),
            $"the event: {KitText.Ack(first)}");
        var second = await session.GiveAsync(worker);
        run.Books.Hold(worker);
        KitChecks.Must(second.Settled.Any(one => one.Id == happened.Id), $"the worker: {KitText.Ack(second)}");
        return await KitChecks.MustHoldAsync(run, session, "it waited and was settled; ");
    }

    private static void MustList(SyncAck ack, Record record, ErrorReason reason) => KitChecks.Must(
        ack.Quarantined.Any(one => one.Kind == record.Kind && one.Id == record.Id && one.Reason == reason),
        KitText.Ack(ack));
}
