using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.PartnerKit;

/// <summary>Both sides can tell whether they hold the same.</summary>
internal static class DigestPromises
{
    private const string Section = "digests";

    public static IEnumerable<Promise> All =>
    [
        new(
            "digests.right",
            "A digest of what is held is found to match",
            Section,
            "three records of two kinds, and CaughtUp with their digest",
            "a verdict that matches",
            async run =>
            {
                using var session = await run.OpenAsync();
                await GiveAsync(run, session);
                return await KitChecks.MustHoldAsync(run, session);
            }),
        new(
            "digests.wrong",
            "A digest of something else is found to differ, and the own one is shown with its buckets",
            Section,
            "three records, and CaughtUp with a digest that lacks one of them",
            "a verdict that doesn't match, with the count, root and buckets of what is held",
            WrongAsync),
        new(
            "digests.recount",
            "Asked to verify, the partner counts anew from what it has stored",
            Section,
            "three records in a session with Hello.verify, and CaughtUp with `recounted`",
            "a verdict that matches and was recounted",
            RecountAsync),
        new(
            "digests.inspect",
            "Asked what it holds where digests differ, the partner answers with every item",
            Section,
            "three records, CaughtUp with a wrong digest and `repairs`, then Inspect for their buckets",
            "an inspection with the version, revision and item of each, by rising key",
            InspectAsync),
    ];

    private static async Task<List<Record>> GiveAsync(KitRun run, KitSession session)
    {
        List<Record> records =
        [
            run.Records.Worker(KitRecords.NewId()),
            run.Records.Worker(KitRecords.NewId(), "测试丙丁"),
            run.Records.Unknown(KitAgreement.UnknownKind),
        ];
        await session.GiveAsync(records);
        records.ForEach(run.Books.Hold);
        return records;
    }

    private static async Task<string> WrongAsync(KitRun run)
    {
        using var session = await run.OpenAsync();
        await GiveAsync(run, session);
        var right = run.Books.Digest(withBuckets: true);
        var verdict = await session.CompareAsync(Wrong(run));
        var came = verdict.Matches ? "a verdict that matches" : KitText.Of(verdict, right);
        KitChecks.Must(!verdict.Matches, came);
        KitChecks.Must(
            verdict.Digest is { } theirs && theirs.Count == right.Count && theirs.Root.Equals(right.Root),
            $"a verdict that differs, but its own digest counts {verdict.Digest?.Count ?? 0} records or others, "
            + $"{right.Count} were expected");
        KitChecks.Must(verdict.Digest!.Buckets.Equals(right.Buckets), "a verdict without the buckets of the digest");
        return "a verdict that differs, with the digest of what is held";
    }

    private static async Task<string> RecountAsync(KitRun run)
    {
        using var session = await run.OpenAsync(hello => hello.Verify = true);
        await GiveAsync(run, session);
        var verdict = await session.CompareAsync(recounted: true);
        var came = KitText.Of(verdict, run.Books.Digest());
        KitChecks.Must(verdict.Matches, came);
        KitChecks.Must(verdict.Recounted, came + ", but it wasn't counted anew");
        return came + ", counted anew";
    }

    private static async Task<string> InspectAsync(KitRun run)
    {
        using var session = await run.OpenAsync();
        var records = await GiveAsync(run, session);
        var verdict = await session.CompareAsync(Wrong(run), repairs: true);
        if (verdict.Matches || !verdict.Inspects)
        {
            throw new PromiseUntestedException(verdict.Matches
                ? "it found no difference; see digests.wrong"
                : "it says that it answers no Inspect: differences have to be found by people");
        }

        uint[] buckets = [.. records.Select(record => (uint)run.Books.BucketOf(record)).Distinct().Order()];
        var items = await session.InspectAsync(buckets);
        foreach (var record in records)
        {
            var item = items.FirstOrDefault(one => one.Kind == record.Kind && one.Id == record.Id);
            var expected = new byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(expected, run.Books.ItemOf(record));
            KitChecks.Must(
                item is { Place: HeldPlace.Stored } && item.Version.Equals(record.Version) && item.Revision == 1
                && item.Item.Span.SequenceEqual(expected),
                $"{items.Count} items, and a {record.Kind} isn't among them or isn't what was sent");
        }

        return $"{items.Count} items, as they were sent";
    }

    private static SyncDigest Wrong(KitRun run)
    {
        var right = run.Books.Digest();
        return new SyncDigest { Count = right.Count - 1, Root = ByteString.CopyFrom(new byte[32]) };
    }
}
