using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.PartnerKit;

/// <summary>What a later version of the contract brings is kept, or passed over.</summary>
internal static class UnknownPromises
{
    private const string Section = "what-a-later-version-brings";

    // The field of SyncFrame that a later version's frame would have, and of Hello.
    private const int UnknownField = 9000;

    public static IEnumerable<Promise> All =>
    [
        new(
            "unknown.frames",
            "A frame and a field of Hello that the partner doesn't know are passed over",
            Section,
            "a Hello with an unknown field, then a frame of an unknown case, then a record",
            "an ack of the record",
            FramesAsync),
        new(
            "unknown.fields",
            "Fields and enum values that the partner doesn't know are kept as they came",
            Section,
            "a worker with an unknown field and an unknown sex; CaughtUp that is counted anew",
            "an ack that applies it, and the digest of its very bytes",
            run => KeptAsync(run, run.Records.WorkerOfTomorrow(KitRecords.NewId()))),
        new(
            "unknown.kinds",
            "A kind that the agreement lists and the partner doesn't know is kept as it came",
            Section,
            $"a record of the kind '{KitAgreement.UnknownKind}'; CaughtUp that is counted anew",
            "an ack that applies it, and the digest of its very bytes",
            run => KeptAsync(run, run.Records.Unknown(KitAgreement.UnknownKind))),
    ];

    private static async Task<string> FramesAsync(KitRun run)
    {
        using var session = await run.OpenAsync(hello =>
            hello.MergeFrom(Unknown()));
        var frame = new SyncFrame();
        frame.MergeFrom(Unknown());
        await session.SendAsync(frame);
        await KitChecks.MustApplyAsync(run, session, run.Records.Worker(KitRecords.NewId()));
        return await KitChecks.MustHoldAsync(run, session);
    }

    private static async Task<string> KeptAsync(KitRun run, Record record)
    {
        using var session = await run.OpenAsync(hello => hello.Verify = true);
        await KitChecks.MustApplyAsync(run, session, record);
        var verdict = await session.CompareAsync(recounted: true);
        var came = KitText.Of(verdict, run.Books.Digest());
        KitChecks.Must(verdict.Matches, came);
        return came;
    }

    private static byte[] Unknown()
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(UnknownField, WireFormat.WireType.LengthDelimited);
            output.WriteString("from tomorrow");
        }

        return bytes.ToArray();
    }
}
