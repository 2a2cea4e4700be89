using Exchange.Node.Reports;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Reports;

/// <summary>The report in words, in both languages, from the report alone.</summary>
public sealed class ReportTextTests
{
    private static readonly DateTimeOffset Night = new(2026, 3, 2, 2, 31, 0, TimeSpan.FromHours(8));

    [Fact]
    public void A_good_night_says_what_moved_and_that_all_is_well()
    {
        var report = MorningReports.Judge("dongguan", GoodDay(), Status());

        Assert.False(report.NeedsAttention);
        Assert.Equal(
            [
                "Report of zhaotong for 2026-03-02",
                "dongguan: all is well.",
                "  Came: 1,200 changes (vacancies 1,200). Went: 2 changes (workers 1, placement events 1).",
                "  Sessions: 1; failed: 0.",
                "  Both sides hold the same.",
                "  Receipt 7 is signed by both.",
                "  Withheld: 990 records that the agreement lets nobody see there.",
                "  Last time both sides were current: 2026-03-02 02:31.",
                "  Next run: 2026-03-03 02:34.",
            ],
            Lines(ReportWords.English, report));
        Assert.Equal(
            [
                "zhaotong 2026-03-02 交换日报",
                "dongguan：一切正常。",
                "  收到 1,200 条（岗位 1,200）；发出 2 条（劳动者 1、就业事件 1）。",
                "  会话 1 次，失败 0 次。",
                "  双方数据一致。",
                "  回执第 7 号双方均已签名。",
                "  按协议未发出 990 条记录。",
                "  双方上次完全同步：2026-03-02 02:31。",
                "  下次同步：2026-03-03 02:34。",
            ],
            Lines(ReportWords.Chinese, report));
    }

    [Fact]
    public void A_failure_that_a_success_followed_is_told_and_needs_nobody()
    {
        var day = GoodDay();
        day.Failures.Add(Failure(ErrorReason.PeerUnreachable, Night.AddMinutes(-10)));

        var report = MorningReports.Judge("dongguan", day, Status());

        Assert.Equal((false, FaultSide.Unspecified), (report.NeedsAttention, report.Fault));
        var lines = Lines(ReportWords.English, report);
        Assert.Contains(lines, line => line.Contains("Whose fault: the line's.", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("What to do", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ErrorReason.Internal, "ours", "look into this node's log", "责任：我方", "查看本节点日志")]
    [InlineData(ErrorReason.SyncProtocol, "the partner's", "call whoever runs the partner's", "责任：对方", "联系对方节点")]
    [InlineData(ErrorReason.PeerUnreachable, "the line's", "tried again by itself", "责任：线路", "自动重试")]
    [InlineData(ErrorReason.AgreementMismatch, "the agreement's", "same agreement", "责任：协议", "启用同一份协议")]
    public void A_failure_names_whose_fault_it_was_and_what_to_do(
        ErrorReason reason, string fault, string advice, string zhFault, string zhAdvice)
    {
        var day = new PartnerDay { SessionCount = 1, FailedCount = 1, Failures = { Failure(reason, Night) } };

        var report = MorningReports.Judge("dongguan", day, Status());

        Assert.True(report.NeedsAttention);
        var english = string.Join('\n', Lines(ReportWords.English, report));
        Assert.Contains($"Whose fault: {fault}.", english, StringComparison.Ordinal);
        Assert.Contains(advice, english, StringComparison.Ordinal);
        var chinese = string.Join('\n', Lines(ReportWords.Chinese, report));
        Assert.Contains(zhFault, chinese, StringComparison.Ordinal);
        Assert.Contains(zhAdvice, chinese, StringComparison.Ordinal);
    }

    [Fact]
    public void What_waits_is_told_and_needs_somebody()
    {
        var status = Status();
        status.QuarantinedCount = 3;
        status.OpenRetractionCount = 5;
        status.OverdueRetractionCount = 1;

        var report = MorningReports.Judge("dongguan", GoodDay(), status);

        Assert.True(report.NeedsAttention);
        var lines = Lines(ReportWords.Chinese, report);
        Assert.Contains("  待处理：dongguan 发来的 3 条变更无法入库，已隔离，请派人核对。", lines);
        Assert.Contains("  待确认：dongguan 尚未确认已删除 5 条记录，其中 1 条已逾期。", lines);
    }

    [Fact]
    public void What_was_discarded_needs_nobody()
    {
        var status = Status();
        (status.QuarantinedCount, status.DiscardedCount) = (3, 3);

        var report = MorningReports.Judge("dongguan", GoodDay(), status);

        Assert.False(report.NeedsAttention);
        Assert.DoesNotContain(Lines(ReportWords.Chinese, report), line => line.Contains("已隔离", StringComparison.Ordinal));
        status.QuarantinedCount = 4;
        Assert.True(MorningReports.Judge("dongguan", GoodDay(), status).NeedsAttention);
        Assert.Contains(
            "  待处理：dongguan 发来的 1 条变更无法入库，已隔离，请派人核对。", Lines(ReportWords.Chinese, report));
    }

    [Theory]
    [InlineData(35, SyncMode.Unspecified, false)]
    [InlineData(37, SyncMode.Unspecified, true)]
    [InlineData(37, SyncMode.Live, false)]
    public void A_partner_that_fell_silent_needs_somebody_unless_a_live_session_is_open(
        int hours, SyncMode running, bool expected)
    {
        var status = Status();
        status.BehindDuration = Duration.FromTimeSpan(TimeSpan.FromHours(hours));
        status.RunningMode = running;

        Assert.Equal(expected, MorningReports.Judge("dongguan", new PartnerDay(), status).NeedsAttention);
    }

    [Theory]
    [InlineData(-60, 1, false)]
    [InlineData(-60, -35, false)]
    [InlineData(-60, -37, true)]
    [InlineData(1, 60, true)]
    public void Silence_counts_from_the_end_of_an_announced_outage(int from, int until, bool expected)
    {
        var status = Status();
        status.BehindDuration = Duration.FromTimeSpan(TimeSpan.FromHours(70));
        var now = Night.AddHours(70);

        var report = MorningReports.Judge(
            "dongguan", new PartnerDay(), status, Outage(now.AddHours(from), now.AddHours(until)));

        Assert.Equal(expected, report.NeedsAttention);
    }

    [Fact]
    public void An_announced_outage_excuses_silence_in_its_time_and_no_other_fault()
    {
        var outage = Outage(Night.AddHours(-1), Night.AddHours(1));
        var silent = new PartnerDay { FailedCount = 1, Failures = { Failure(ErrorReason.PeerUnreachable, Night) } };
        var late = new PartnerDay
        {
            FailedCount = 1,
            Failures = { Failure(ErrorReason.PeerUnreachable, Night.AddHours(1)) },
        };
        var broken = new PartnerDay
        {
            FailedCount = 2,
            Failures = { Failure(ErrorReason.AgreementMismatch, Night), Failure(ErrorReason.PeerUnreachable, Night) },
        };

        Assert.Equal(FaultSide.Unspecified, MorningReports.Judge("dongguan", silent, Status(), outage).Fault);
        Assert.Equal(FaultSide.Line, MorningReports.Judge("dongguan", late, Status(), outage).Fault);
        var report = MorningReports.Judge("dongguan", broken, Status(), outage);
        Assert.Equal(FaultSide.Agreement, report.Fault);
        Assert.Contains(
            "  What to do: put the same agreement in force on both nodes.", Lines(ReportWords.English, report));
        Assert.Contains(
            "  已预告停机：dongguan，2026-03-02 01:31 至 2026-03-02 03:31：new disks", Lines(ReportWords.Chinese, report));
    }

    [Theory]
    [InlineData(31, false, "Upgrade zhaotong before", "之前升级 zhaotong")]
    [InlineData(30, true, "Upgrade zhaotong before", "之前升级 zhaotong")]
    [InlineData(0, true, "Upgrade zhaotong now", "请立即升级 zhaotong")]
    public void Software_that_will_be_refused_is_told_and_needs_somebody_in_its_last_month(
        int days, bool needsAttention, string english, string chinese)
    {
        var day = Night.AddDays(days);
        var status = Status();
        status.BehindDuration = new Duration();
        status.ProtocolDeadline = new ProtocolDeadline
        {
            Node = "zhaotong",
            RefusingNode = "dongguan",
            MaxProtocol = 1,
            NeededProtocol = 2,
            FromDate = new Date { Year = day.Year, Month = day.Month, Day = day.Day },
        };

        var report = MorningReports.Judge("dongguan", GoodDay(), status);

        Assert.Equal(needsAttention, report.NeedsAttention);
        var date = day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(Lines(ReportWords.English, report), line =>
            line.Contains(english, StringComparison.Ordinal) && line.Contains(date, StringComparison.Ordinal));
        Assert.Contains(Lines(ReportWords.Chinese, report), line =>
            line.Contains(chinese, StringComparison.Ordinal) && line.Contains(date, StringComparison.Ordinal));
    }

    [Fact]
    public void Reviews_and_records_that_came_back_half_are_told()
    {
        var status = Status();
        status.PartialCount = 4;
        var report = MorningReports.Judge("dongguan", GoodDay(), status);

        Assert.True(report.NeedsAttention);
        Assert.Contains(
            "  Waiting: 4 records came back from dongguan after a restore and may lack something. See 'exchange review "
            + "partial list'.",
            Lines(ReportWords.English, report));
        Assert.Contains(
            "  待处理：恢复备份后由 dongguan 归还的 4 条记录可能不完整，请用 exchange review partial list 核对。",
            Lines(ReportWords.Chinese, report));
        Assert.Equal(
            "To review: 7 findings about ID numbers. See 'exchange review identity list'.",
            Lines(ReportWords.English, report, reviews: 7)[^1]);
        Assert.Equal(
            "待核对：7 项身份证号码问题，请用 exchange review identity list 查看。",
            Lines(ReportWords.Chinese, report, reviews: 7)[^1]);
    }

    [Fact]
    public void A_past_day_without_success_needs_nobody_if_it_was_announced()
    {
        var outage = Outage(Night.AddDays(-1), Night.AddDays(1));

        Assert.False(MorningReports.Judge("dongguan", new PartnerDay(), status: null, outage).NeedsAttention);
        Assert.True(MorningReports.Judge("dongguan", new PartnerDay(), status: null).NeedsAttention);
    }

    [Fact]
    public void Digests_that_differ_and_a_missing_receipt_need_somebody()
    {
        var day = GoodDay();
        (day.DigestsMatch, day.ReceiptOwed) = (false, true);

        var report = MorningReports.Judge("dongguan", day, Status());

        Assert.True(report.NeedsAttention);
        Assert.Contains(
            Lines(ReportWords.English, report),
            line => line.Contains("do NOT hold the same", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reason_without_words_of_its_own_is_named()
    {
        var day = new PartnerDay { Failures = { Failure(ErrorReason.RecordFrozen, Night) }, FailedCount = 1 };

        var lines = Lines(ReportWords.Chinese, MorningReports.Judge("dongguan", day, Status()));

        Assert.Contains(lines, line => line.Contains("ERROR_REASON_RECORD_FROZEN", StringComparison.Ordinal));
    }

    [Fact]
    public void A_past_day_tells_its_tally_and_nothing_of_now()
    {
        var lines = Lines(ReportWords.English, MorningReports.Judge("dongguan", GoodDay(), status: null));

        Assert.Equal("  Receipt 7 is signed by both.", lines[^1]);
    }

    private static PlannedOutage Outage(DateTimeOffset from, DateTimeOffset until) => new()
    {
        Node = "dongguan",
        StartTime = from.ToTimestamp(),
        EndTime = until.ToTimestamp(),
        Reason = "new disks",
    };

    private static List<string> Lines(ReportWords words, PartnerReport report, ulong reviews = 0)
    {
        var response = new GetMorningReportResponse
        {
            Day = new Date { Year = 2026, Month = 3, Day = 2 },
            Partners = { report },
            OpenReviewCount = reviews,
        };
        return [.. new ReportText(words).Lines("zhaotong", response)];
    }

    private static PartnerDay GoodDay() => new()
    {
        SessionCount = 1,
        ReceivedCount = 1200,
        SentCount = 2,
        Received = { new KindTally { Kind = "vacancy", Count = 1200 } },
        Sent =
        {
            new KindTally { Kind = "worker", Count = 1 },
            new KindTally { Kind = "placement_event", Count = 1 },
        },
        LastSuccessTime = Night.ToTimestamp(),
        DigestsMatch = true,
        ReceiptNumber = 7,
    };

    private static PeerStatus Status() => new()
    {
        Node = "dongguan",
        WithheldCount = 990,
        LastSuccessTime = Night.ToTimestamp(),
        NextRunTime = Night.AddDays(1).AddMinutes(3).ToTimestamp(),
    };

    private static DayFailure Failure(ErrorReason reason, DateTimeOffset time) =>
        new() { Reason = reason, Count = 1, LastTime = time.ToTimestamp() };
}
