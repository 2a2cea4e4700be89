using System.Security.Cryptography;
using Exchange.Cli.PartnerKit;
using Exchange.V1;
using Google.Protobuf;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>Partners that break one promise each fail that one, and no other that is looked at with it.</summary>
public sealed class BrokenPartnerTests(BrokenPartnerTests.Shared shared) : IClassFixture<BrokenPartnerTests.Shared>
{
    // Looked at with each, so that what breaks a promise is seen to break no other.
    private static readonly string[] Others =
    [
        "handshake.hello", "giving.sound", "digests.right", "unknown.frames", "epochs.new", "receipts.signed",
    ];

    [Fact]
    public Task One_that_acknowledges_before_it_commits_fails_to_be_durable()
    {
        var disk = new EarlyAcknowledger.Disk();
        shared.Breakage.Sink = sink => new EarlyAcknowledger(sink, disk);
        return FailsAsync(["resume"], "resume.durable");
    }

    [Fact]
    public Task One_that_counts_repeats_twice_fails_on_duplicates()
    {
        var sum = new DoubleCounter.Sum();
        shared.Breakage.Sink = sink => new DoubleCounter(sink, sum);
        // A feed of a new epoch repeats what is held, too.
        return FailsAsync(["duplicates", "order"], "duplicates.records", "epochs.new");
    }

    [Fact]
    public Task One_for_which_the_last_to_come_wins_fails_on_order()
    {
        var held = new Dictionary<string, ulong>();
        shared.Breakage.Received = frame => OnRecords(frame, record =>
        {
            if (record.Payload?.Value is { } payload && payload.ToStringUtf8().Contains('旧')
                && held.TryGetValue(record.Id, out var newest) && record.Version.Clock < newest)
            {
                record.Version.Clock = newest + 1;
            }

            held[record.Id] = record.Version.Clock;
        });
        return FailsAsync(["order", "duplicates"], "order.versions", "order.within-batch");
    }

    [Fact]
    public Task One_that_never_quarantines_fails_on_quarantine()
    {
        shared.Breakage.Sent = frame =>
        {
            frame.Ack?.Quarantined.Clear();
            return frame;
        };
        return FailsAsync(
            ["quarantine"],
            "quarantine.invalid",
            "quarantine.clock-ahead",
            "quarantine.not-from-home",
            "quarantine.out-of-agreement");
    }

    [Fact]
    public Task One_that_keeps_no_eye_on_what_is_missing_fails_on_waiting()
    {
        shared.Breakage.Sent = frame =>
        {
            frame.Ack?.Waiting.Clear();
            return frame;
        };
        return FailsAsync(["quarantine"], "quarantine.waiting");
    }

    [Fact]
    public Task One_that_keeps_the_erased_fails_on_erasure()
    {
        shared.Breakage.Received = frame =>
        {
            foreach (var removal in frame.Batch?.Changes.Select(change => change.Removal).OfType<Removal>() ?? [])
            {
                removal.ConsentVersion = removal.ConsentVersion == ulong.MaxValue ? 0 : removal.ConsentVersion;
            }

            return frame;
        };
        return FailsAsync(["withdrawal"], "withdrawal.erasure");
    }

    [Fact]
    public Task One_that_accepts_a_foreign_epoch_fails_on_epochs()
    {
        var epoch = "";
        shared.Breakage.Received = frame =>
        {
            epoch = frame.Hello?.Epoch ?? epoch;
            if (frame.Batch is { } batch)
            {
                batch.From.Epoch = batch.To.Epoch = epoch;
            }

            return frame;
        };
        return FailsAsync(["epochs"], "epochs.foreign");
    }

    [Fact]
    public Task One_that_accepts_any_size_fails_on_limits()
    {
        shared.Breakage.Received = frame =>
        {
            while (frame.Batch is { } batch && (batch.Changes.Count > 1000 || batch.CalculateSize() > 2 << 20))
            {
                batch.Changes.RemoveAt(batch.Changes.Count - 1);
            }

            return frame;
        };
        return FailsAsync(["limits"], "limits.changes", "limits.bytes");
    }

    [Theory]
    [InlineData("version")]
    [InlineData("id")]
    [InlineData("payload")]
    public async Task One_that_gives_what_nobody_can_read_is_judged_to_the_end(string part)
    {
        shared.Breakage.Sent = frame =>
        {
            foreach (var record in frame.Batch?.Changes.Select(change => change.Record).OfType<Record>() ?? [])
            {
                switch (part)
                {
                    case "version":
                        record.Version = null;
                        break;
                    case "id":
                        record.Id = "17";
                        break;
                    default:
                        record.Payload.Value = ByteString.CopyFrom(0x0a, 0xff);
                        record.PayloadHash = ByteString.CopyFrom(SHA256.HashData(record.Payload.Value.Span));
                        break;
                }
            }

            return frame;
        };

        Assert.Contains("giving.sound", await BrokenAsync(["giving"]));
    }

    [Fact]
    public Task One_that_finds_every_digest_right_fails_on_digests()
    {
        shared.Breakage.Sent = frame =>
        {
            if (frame.Verdict is { } verdict)
            {
                (verdict.Matches, verdict.Inspects) = (true, false);
            }

            return frame;
        };
        return FailsAsync(["digests"], "digests.wrong");
    }

    [Fact]
    public Task One_that_speaks_any_version_fails_on_versions()
    {
        shared.Breakage.Received = frame =>
        {
            if (frame.Hello is { } hello)
            {
                hello.MinProtocol = hello.MaxProtocol = 1;
            }

            return frame;
        };
        return FailsAsync(["versions"], "versions.protocol-newer", "versions.protocol-older");
    }

    [Fact]
    public Task One_that_forgets_what_it_doesnt_know_fails_on_unknown_fields()
    {
        shared.Breakage.Received = frame => OnRecords(frame, record =>
        {
            if (record is { Kind: "worker", Payload: { } payload })
            {
                var known = Worker.Parser.WithDiscardUnknownFields(true).ParseFrom(payload.Value).ToByteString();
                var isWhole = known.Equals(payload.Value);
                payload.Value = known;
                record.PayloadHash = isWhole
                    ? record.PayloadHash
                    : ByteString.CopyFrom(SHA256.HashData(known.Span));
            }
        });
        return FailsAsync(["unknown"], "unknown.fields");
    }

    [Fact]
    public Task One_that_countersigns_with_nonsense_fails_on_receipts()
    {
        shared.Breakage.Sent = frame =>
        {
            if (frame.Receipt is { Newest: false, Signatures: [_, var own] })
            {
                own.Signature = ByteString.CopyFromUtf8("nonsense");
            }

            return frame;
        };
        return FailsAsync(["receipts.false"], "receipts.signed");
    }

    private static SyncFrame OnRecords(SyncFrame frame, Action<Record> change)
    {
        foreach (var record in frame.Batch?.Changes.Select(change => change.Record).OfType<Record>() ?? [])
        {
            change(record);
        }

        return frame;
    }

    private async Task FailsAsync(string[] sections, params string[] broken) =>
        Assert.Equal(broken.Order(), (await BrokenAsync(sections)).Order());

    private async Task<List<string>> BrokenAsync(string[] sections)
    {
        try
        {
            var looked = Promises.All.Where(promise => Others.Contains(promise.Id)
                || sections.Any(section => promise.Id.StartsWith(section, StringComparison.Ordinal)));
            var found = await shared.Partner.CheckAsync(looked);
            return [.. found.Where(one => one.Verdict == Verdict.Broken).Select(one => one.Id)];
        }
        finally
        {
            shared.Breakage.Clear();
        }
    }

    /// <summary>The node that they all are.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        internal CheckedPartner Partner { get; private set; } = null!;

        internal Breakage Breakage => Partner.Breakage;

        public async Task InitializeAsync() => Partner = await CheckedPartner.StartAsync();

        public async Task DisposeAsync() => await Partner.DisposeAsync();
    }
}
