using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>What a session does when digests differ.</summary>
public sealed class SessionRepairTests
{
    private static readonly Guid One = new("019aa2b4-0000-7000-8000-000000000001");

    [Fact]
    public void A_difference_is_asked_for_by_bucket()
    {
        var bench = Open();
        Count(bench, given: 3);

        var asked = Judge(bench, number: 1, held: 2).Frames()[0].Inspect;

        Assert.Equal((1u, SessionBench.Left(10)), (asked.Number, asked.Cursor));
        Assert.Equal([2u], asked.Buckets);
        Assert.True(asked.After.IsEmpty);
    }

    [Fact]
    public void Each_page_is_compared_and_the_next_one_asked_for_until_the_last()
    {
        var bench = Open();
        Count(bench, given: 3);
        Judge(bench, number: 1, held: 2);

        var first = bench.Frame(Page(1, last: false)).One<SyncAction.CompareInspection>();
        var rest = bench.Give(Compared(next: new byte[] { 7 })).One<SyncAction.CompareInspection>();
        var second = bench.Give(Compared()).Frames()[0].Inspect;
        bench.Frame(Page(2, last: true)).One<SyncAction.CompareInspection>();
        var over = bench.Give(Compared());

        Assert.True(first.After.IsEmpty);
        Assert.Equal([7], rest.After.ToArray());
        Assert.Equal((2u, first.Page.Through), (second.Number, second.After));
        over.One<SyncAction.ReadPage>();
    }

    [Fact]
    public void After_a_repair_both_are_counted_anew_and_compared_again()
    {
        var bench = Open();
        Count(bench, given: 3);
        Judge(bench, number: 1, held: 2);
        bench.Frame(Page(1, last: true));
        bench.Give(Compared());
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, changes: 1)));
        bench.Frame(SessionBench.Ack(1, 10));
        bench.Give(new SyncInput.PageConfirmed());

        var digest = bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));
        Assert.True(digest.One<SyncAction.ComputeDigest>().Anew);
        var said = bench.Give(Recounted(given: 3)).Frames()[0].CaughtUp;
        Judge(bench, number: 2, held: 3);

        Assert.Equal((2u, true, true), (said.Number, said.Recounted, said.Repairs));
        Assert.True(Assert.Single(bench.Progress.Found.Items).Repaired);
    }

    [Fact]
    public void A_difference_that_stays_is_given_up_after_two_rounds_and_stays_reported()
    {
        var bench = Open();
        Count(bench, given: 3);
        Judge(bench, number: 1, held: 2);
        RepairInVain(bench, question: 1, verdict: 2);
        var last = RepairInVain(bench, question: 2, verdict: 3);

        Assert.Empty(last);
        Assert.False(bench.Progress.DigestsMatch);
        Assert.Equal(bench.Progress.Found.Count, bench.Progress.Found.UnrepairedCount);
        Assert.NotEqual(0ul, bench.Progress.Found.UnrepairedCount);
    }

    [Fact]
    public void A_third_difference_of_a_live_session_is_looked_into_like_the_first()
    {
        var bench = Open(mode: SyncMode.Live);
        for (uint number = 1; number <= 3; number++)
        {
            var at = 10 + number;
            bench.Elapsed += TimeSpan.FromSeconds(10);
            bench.Give(new SyncInput.FeedMoved());
            bench.Give(new SyncInput.PageRead(SessionBench.Page(at - 1, at, atHead: true)));
            bench.Frame(SessionBench.Ack(number, at));
            bench.Give(new SyncInput.PageConfirmed()).One<SyncAction.ComputeDigest>();
            bench.Give(new SyncInput.DigestReady(SyncDirection.Outgoing, Sums(3).ToDigest(true)));
            Assert.Equal(number, Judge(bench, (2 * number) - 1, held: 2, at).Frames()[0].Inspect.Number);

            bench.Frame(Page(number, last: true));
            bench.Give(Compared());
            bench.Elapsed += TimeSpan.FromSeconds(10);
            bench.Give(new SyncInput.PageRead(SessionBench.Page(at, at, atHead: true, changes: 0)));
            bench.Give(Recounted(given: 3));
            Judge(bench, 2 * number, held: 3, at);
        }

        Assert.Equal((1ul, 0ul), (bench.Progress.Found.Count, bench.Progress.Found.UnrepairedCount));
    }

    [Fact]
    public void A_peer_that_answers_no_questions_settles_the_direction_at_once()
    {
        var bench = Open();
        Count(bench, given: 3);
        bench.SettleIncoming();

        var verdict = new SyncVerdict { Cursor = SessionBench.Left(10), Digest = Sums(2).ToDigest(true) };
        var settled = bench.Frame(new SyncFrame { Verdict = verdict });

        Assert.NotNull(Assert.Single(settled.Frames()).Receipt);
    }

    [Fact]
    public void A_verdict_on_an_earlier_comparison_is_a_repeat()
    {
        var bench = Open();
        Count(bench, given: 3);
        Judge(bench, number: 1, held: 2);
        bench.Frame(Page(1, last: true));
        bench.Give(Compared());
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));
        bench.Give(Recounted(given: 3));

        Assert.Empty(Judge(bench, number: 1, held: 2));
        Judge(bench, number: 2, held: 3);

        Assert.Empty(bench.Frame(Page(1, last: true)));
        Assert.Equal(0ul, bench.Progress.Found.UnrepairedCount);
    }

    [Fact]
    public void What_must_be_sent_before_the_digest_can_be_said_is_sent_first()
    {
        var bench = Open(verify: true);
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));

        var first = bench.Give(Recounted(given: 3, isQueued: true));
        Assert.Empty(first.Frames());
        first.One<SyncAction.ReadPage>();
        var again = bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));

        Assert.True(again.One<SyncAction.ComputeDigest>().Anew);
        Assert.Equal(1u, bench.Give(Recounted(given: 3)).Frames()[0].CaughtUp.Number);
    }

    [Theory]
    [InlineData("order")]
    [InlineData("id")]
    [InlineData("reach")]
    [InlineData("number")]
    public void A_page_that_is_out_of_order_is_out_of_step(string fault)
    {
        var bench = Open();
        Count(bench, given: 3);
        Judge(bench, number: 1, held: 2);
        var page = Page(1, last: false).Inspection;
        switch (fault)
        {
            case "order":
                page.Items.Add(page.Items[0]);
                break;
            case "id":
                page.Items[0].Id = "nobody";
                break;
            case "reach":
                page.Through = ByteString.CopyFromUtf8("a");
                break;
            default:
                page.Number = 2;
                break;
        }

        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(new SyncFrame { Inspection = page }).Reason);
    }

    [Fact]
    public void A_question_is_answered_after_a_difference_and_only_then()
    {
        var bench = Open();
        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(Question(1)).Reason);

        bench = Open();
        Differ(bench);
        var asked = bench.Frame(Question(1)).One<SyncAction.Inspect>();
        Assert.Empty(bench.Frame(Question(1)));
        var answer = bench.Give(new SyncInput.Inspected(new SyncInspection { Number = 1, Last = true }));

        Assert.Equal([2u], asked.Question.Buckets);
        Assert.True(answer.Frames()[0].Inspection.Last);
        Assert.Empty(bench.Frame(Question(1)));
    }

    [Fact]
    public void A_question_about_buckets_that_there_arent_is_out_of_step()
    {
        var bench = Open();
        Differ(bench);
        var question = Question(1);
        question.Inspect.Buckets.Add(DigestItem.BucketCount);

        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(question).Reason);
    }

    [Fact]
    public void The_receiver_takes_a_difference_for_unsettled_until_the_giver_has_said_caught_up_again()
    {
        var bench = Open();
        bench.SettleOutgoing();

        Assert.DoesNotContain(Differ(bench).Frames(), frame => frame.Receipt is not null);
        bench.Frame(CaughtUp(number: 2, repairs: false, recounted: true)).One<SyncAction.ComputeDigest>();
        var settled = bench.Give(new SyncInput.DigestReady(
            SyncDirection.Incoming, Sums(2).ToDigest(true), Recount(2, isQueued: false)));

        Assert.Contains(settled.Frames(), frame => frame.Receipt is not null);
        Assert.False(bench.Progress.DigestsMatch);
    }

    [Fact]
    public void What_the_giver_found_is_known_to_the_receiver_too()
    {
        var bench = Open();
        var caughtUp = CaughtUp(number: 1, repairs: true, recounted: true);
        caughtUp.CaughtUp.Found = Recount(3, isQueued: false).Mended;
        foreach (var item in caughtUp.CaughtUp.Found.Items)
        {
            item.Repaired = true;
        }

        bench.Frame(caughtUp);
        bench.Give(new SyncInput.DigestReady(
            SyncDirection.Incoming, Sums(3).ToDigest(true), new Recount(
                Sums(3).ToDigest(true), new SyncRepairs(), new SyncRepairs(), IsQueued: false)));

        Assert.True(Assert.Single(bench.Progress.Found.Items).Repaired);
    }

    [Fact]
    public void Verifying_is_asked_for_in_hello_and_echoed()
    {
        var caller = new SessionBench(change: options => options with { Verify = true });
        Assert.True(caller.Give(new SyncInput.Connected(SessionBench.Right(5))).Frames()[0].Hello.Verify);

        var called = new SessionBench(isCaller: false);
        var hello = SessionBench.Hello();
        hello.Verify = true;
        Assert.True(called.Open(hello).Frames()[0].Hello.Verify);
        var counts = called.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));
        Assert.True(counts.One<SyncAction.ComputeDigest>().Anew);
    }

    [Fact]
    public void A_peer_that_counts_anew_is_given_more_time()
    {
        var bench = Open(verify: true);
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));
        bench.Give(Recounted(given: 3));
        var heartbeat = new SyncFrame { Heartbeat = new SyncHeartbeat() };
        for (var minutes = 0; minutes < 60; minutes++)
        {
            bench.Frame(heartbeat);
            Assert.Empty(bench.Tick(TimeSpan.FromSeconds(55)).OfType<SyncAction.Fail>());
        }
    }

    private static SessionBench Open(bool verify = false, SyncMode mode = SyncMode.Nightly)
    {
        var bench = new SessionBench(mode: mode, change: options => options with { Verify = verify });
        bench.Open();
        return bench;
    }

    // Comes to the head of our feed and says a digest of so many records.
    private static void Count(SessionBench bench, ulong given)
    {
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));
        bench.Give(new SyncInput.DigestReady(SyncDirection.Outgoing, Sums(given).ToDigest(withBuckets: true)));
    }

    private static IReadOnlyList<SyncAction> Judge(SessionBench bench, uint number, ulong held, ulong at = 10)
    {
        var verdict = new SyncVerdict
        {
            Cursor = SessionBench.Left(at),
            Matches = held == 3,
            Digest = Sums(held).ToDigest(withBuckets: true),
            Number = number,
            Inspects = true,
            Recounted = true,
        };
        return bench.Frame(new SyncFrame { Verdict = verdict });
    }

    private static IReadOnlyList<SyncAction> RepairInVain(SessionBench bench, uint question, uint verdict)
    {
        bench.Frame(Page(question, last: true));
        bench.Give(Compared());
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));
        bench.Give(Recounted(given: 3));
        return Judge(bench, verdict, held: 2);
    }

    private static SyncInput.DigestReady Recounted(ulong given, bool isQueued = false)
    {
        var recount = Recount(given, isQueued);
        return new SyncInput.DigestReady(SyncDirection.Outgoing, recount.Digest, recount);
    }

    private static Recount Recount(ulong records, bool isQueued)
    {
        var found = new RepairList();
        found.Add("vacancy", One.ToString(), RepairCause.ViewDiffersAtGiver, "left");
        return new Recount(Sums(records).ToDigest(withBuckets: true), found.ToMessage(), new SyncRepairs(), isQueued);
    }

    private static SyncInput.InspectionCompared Compared(ReadOnlyMemory<byte>? next = null)
    {
        var found = new RepairList();
        found.Add("vacancy", One.ToString(), RepairCause.ViewDiffersAtGiver, "left");
        return new SyncInput.InspectionCompared(new Comparison(found.ToMessage(), new SyncRepairs(), next));
    }

    private static SyncFrame Page(uint number, bool last)
    {
        var id = new Guid(One.ToByteArray(bigEndian: true).Select((b, i) => i == 15 ? (byte)number : b).ToArray(), true);
        var page = new SyncInspection
        {
            Number = number,
            Last = last,
            Through = ByteString.CopyFrom(RecordKeyBytes.Of(new Store.RecordKey("vacancy", id))),
        };
        page.Items.Add(new HeldItem
        {
            Kind = "vacancy",
            Id = id.ToString(),
            Version = new RecordVersion { Clock = 1, Node = "left" },
            Place = HeldPlace.Stored,
        });
        return new SyncFrame { Inspection = page };
    }

    private static SyncFrame Question(uint number) => new()
    {
        Inspect = new SyncInspect { Number = number, Cursor = SessionBench.Right(5), Buckets = { 2 } },
    };

    private static IReadOnlyList<SyncAction> Differ(SessionBench bench)
    {
        bench.Frame(CaughtUp(number: 1, repairs: true, recounted: false));
        return bench.Give(new SyncInput.DigestReady(SyncDirection.Incoming, Sums(2).ToDigest(withBuckets: true)));
    }

    private static SyncFrame CaughtUp(uint number, bool repairs, bool recounted) => new()
    {
        CaughtUp = new SyncCaughtUp
        {
            Cursor = SessionBench.Right(5),
            Digest = Sums(3).ToDigest(withBuckets: false),
            Number = number,
            Repairs = repairs,
            Recounted = recounted,
        },
    };

    // So many records, in the first buckets.
    private static DigestSums Sums(ulong count)
    {
        var sums = new DigestSums();
        for (var bucket = 0; (ulong)bucket < count; bucket++)
        {
            sums.Add(bucket, 1);
        }

        return sums;
    }
}
