using Exchange.Node.Bundles;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Bundles;

/// <summary>A bundle that can't be taken is refused with what is wrong with it, and nothing changes.</summary>
public sealed class BundleRefusalTests : IAsyncLifetime
{
    private const string Foreign = "019aa2b4-0000-7000-8000-000000000009";

    // Everything that a sender could get wrong although it signed it.
    private static readonly Dictionary<string, (ErrorReason Reason, Action<Forgery> Change)> Faults = new()
    {
        ["protocol"] = (ErrorReason.ContractUnsupported, bundle => bundle.Header.Protocol = 2),
        ["agreement version"] = (ErrorReason.AgreementMismatch, bundle => bundle.Header.AgreementVersion = 2),
        ["agreement digest"] = (ErrorReason.AgreementMismatch, bundle => bundle.Header.AgreementDigest = ByteString.Empty),
        ["no epoch"] = (ErrorReason.SyncProtocol, bundle => bundle.Header.Epoch = "x"),
        ["no number"] = (ErrorReason.BundleInvalid, bundle => bundle.Header.Number = 0),
        ["kind"] = (ErrorReason.BundleInvalid, bundle => bundle.Header.Kind = (BundleKind)9),
        ["from of another epoch"] = (ErrorReason.BundleInvalid, bundle => bundle.Header.From.Epoch =
            bundle.Batches.First().From.Epoch = Foreign),
        ["gap"] = (ErrorReason.BundleGap, bundle => bundle.Header.From.Position = 1),
        ["too old"] = (ErrorReason.BundleOutdated, bundle => bundle.Header.MadeTime = new Timestamp { Seconds = 1 }),
        ["never made"] = (ErrorReason.BundleOutdated, bundle => bundle.Header.MadeTime = null),
        ["oversized batch"] = (ErrorReason.BundleTooLarge, bundle => bundle.Batches.First().Changes.AddRange(
            Enumerable.Repeat(bundle.Batches.First().Changes[0], PageBuilder.MaxChanges))),
        ["batch left out"] = (ErrorReason.BundleInvalid, bundle => bundle.Frames.RemoveAt(0)),
        ["batch apart"] = (ErrorReason.BundleInvalid, bundle => bundle.Batches.Last().From.Position++),
        ["batch of another epoch"] = (ErrorReason.BundleInvalid, bundle => bundle.EndAt(
            new FeedCursor { Epoch = Foreign, Position = bundle.Footer.To.Position })),
        ["batch repeated"] = (ErrorReason.BundleInvalid, bundle => bundle.Frames.Insert(1, bundle.Frames[0])),
        ["batch out of order"] = (ErrorReason.BundleInvalid, bundle => bundle.Batches.First().Sequence = 9),
        ["batch that goes back"] = (ErrorReason.BundleInvalid, bundle => bundle.GoBack()),
        ["returned record"] = (ErrorReason.BundleInvalid, bundle => bundle.AlsoGive(
            new SyncChange { Returned = new ReturnedRecord { Last = true } })),
        ["no digest"] = (ErrorReason.BundleInvalid, bundle => bundle.Frames.RemoveAt(bundle.Frames.Count - 1)),
        ["something behind the digest"] = (ErrorReason.BundleInvalid, bundle => bundle.Frames.Add(bundle.Frames[^1])),
        ["a frame of a session"] = (ErrorReason.BundleInvalid, bundle => bundle.Frames.Insert(0, BundleFiles.Frame(1))),
        ["counts"] = (ErrorReason.BundleInvalid, bundle => bundle.Footer.Changes++),
        ["end"] = (ErrorReason.BundleInvalid, bundle => bundle.Footer.To.Position++),
    };

    private AgreedNodes _nodes = null!;

    public static TheoryData<string> Names => [.. Faults.Keys];

    private TestNode Region => _nodes.Region;

    private TestNode Town => _nodes.Town;

    public async Task InitializeAsync()
    {
        _nodes = await BundleNodes.StartAsync();
        await _nodes.ReferWorkerAsync();
    }

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_the_sender_got_wrong_is_refused_as_such(string name)
    {
        var (reason, change) = Faults[name];
        var bundle = await Forgery.OfAsync(_nodes, await Region.ExportAsync("dongguan"));
        change(bundle);

        await RefusedAsync(reason, await bundle.MakeAsync(_nodes));
    }

    [Fact]
    public async Task A_bundle_that_confirms_more_than_there_is_confirms_nothing()
    {
        var bundle = await Forgery.OfAsync(_nodes, await Region.ExportAsync("dongguan"));
        var head = (await Town.Node.GetStatusAsync(new GetStatusRequest())).Head;
        bundle.Header.Applied = new FeedCursor { Epoch = head.Epoch, Position = head.Position + 1 };

        await RefusedAsync(ErrorReason.BundleInvalid, await bundle.MakeAsync(_nodes));
    }

    [Fact]
    public async Task Another_bundle_under_a_number_that_was_taken_changes_nothing()
    {
        await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        await _nodes.ReferWorkerAsync("998801199001010030");
        var next = await Region.ExportAsync("dongguan");
        var forged = await Forgery.OfAsync(_nodes, next);
        forged.Header.Number = 1;

        var refused = await Town.ImportAsync(await forged.MakeAsync(_nodes));

        Assert.Equal((BundleOutcome.NothingChanged, 0ul), (refused.Outcome, refused.AppliedCount));
        Assert.Equal(1, await Town.CountAsync("worker"));
        Assert.Equal(BundleOutcome.Applied, (await Town.ImportAsync(next)).Outcome);
    }

    [Theory]
    [InlineData(0, ErrorReason.BundleInvalid)]
    [InlineData(17, ErrorReason.BundleTooLarge)]
    public async Task An_answer_that_acknowledges_nothing_or_without_end_is_refused(int acks, ErrorReason reason)
    {
        var taken = await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        using var answer = new MemoryStream(taken.Answer.ToByteArray());
        var outline = await BundleOutline.ReadAsync(answer, default);
        using var file = new MemoryStream();
        using var writer = new BundleWriter(
            outline.Header,
            Forgery.KeysOf(Region).PublicKey,
            BundleWriter.NewKey(),
            Forgery.KeysOf(Town),
            bytes => file.WriteAsync(bytes).AsTask());
        await writer.BeginAsync();
        for (var i = 0; i < acks; i++)
        {
            await writer.WriteAsync(
                new SyncFrame { Ack = new SyncAck { Sequence = 1, Applied = taken.Applied } });
        }

        await writer.FinishAsync(outline.Footer);

        var info = await Region.RefusedAsync(file.ToArray());

        Assert.Equal(Errors.ErrorStatus.WireName(reason), info.Reason);
        Assert.Equal(BundleOutcome.Confirmed, (await Region.ImportAsync(taken.Answer.ToByteArray())).Outcome);
    }

    [Fact]
    public async Task The_same_bundle_without_a_fault_is_taken()
    {
        var bundle = await Forgery.OfAsync(_nodes, await Region.ExportAsync("dongguan"));

        Assert.Equal(BundleOutcome.Applied, (await Town.ImportAsync(await bundle.MakeAsync(_nodes))).Outcome);
    }

    [Fact]
    public async Task A_bundle_for_another_node_or_another_key_is_refused()
    {
        var bundle = await Region.ExportAsync("dongguan");
        var info = await Region.RefusedAsync(bundle);
        var forged = await Forgery.OfAsync(_nodes, bundle);
        using var directory = new TemporaryDirectory();
        using var stranger = NodeKeys.Create(directory.Path);
        using var file = new MemoryStream();
        using var writer = new BundleWriter(
            forged.Header, stranger.PublicKey, BundleWriter.NewKey(), Forgery.KeysOf(Region), b => file.WriteAsync(b).AsTask());
        await writer.BeginAsync();
        await writer.FinishAsync(forged.Footer);

        Assert.Equal(("ERROR_REASON_BUNDLE_NOT_FOR_THIS_NODE", "dongguan"), (info.Reason, info.Metadata["recipient"]));
        await RefusedAsync(ErrorReason.BundleNotForThisNode, file.ToArray());
    }

    [Fact]
    public async Task A_bundle_of_a_stranger_and_one_that_a_stranger_signed_for_a_partner_are_refused()
    {
        using var directory = new TemporaryDirectory();
        using var stranger = NodeKeys.Create(directory.Path);
        var bundle = await Forgery.OfAsync(_nodes, await Region.ExportAsync("dongguan"));

        await RefusedAsync(ErrorReason.BundleTampered, await bundle.MakeAsync(_nodes, stranger));
        bundle.Header.Sender = "shanghai";
        await RefusedAsync(ErrorReason.PeerUnknown, await bundle.MakeAsync(_nodes, stranger));
    }

    [Fact]
    public async Task A_bundle_expires_after_90_days()
    {
        var bundle = await Forgery.OfAsync(_nodes, await Region.ExportAsync("dongguan"));
        var good = bundle.Header.ExpireTime.ToDateTimeOffset() - bundle.Header.MadeTime.ToDateTimeOffset();
        bundle.Header.ExpireTime = bundle.Header.MadeTime;

        var info = await RefusedAsync(ErrorReason.BundleOutdated, await bundle.MakeAsync(_nodes));

        Assert.Equal(TimeSpan.FromDays(90), good);
        Assert.Contains("was good until", info.Metadata["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_byte_and_a_missing_end_are_refused()
    {
        var bundle = await Region.ExportAsync("dongguan");
        var chunk = BundleFiles.Parts(bundle).First(part => part.Type == (byte)BundlePart.Chunk);

        await RefusedAsync(ErrorReason.BundleTruncated, bundle[..^1]);
        bundle[chunk.At + chunk.Length - 1] ^= 1;
        await RefusedAsync(ErrorReason.BundleTampered, bundle);
    }

    [Fact]
    public async Task A_bundle_under_the_version_before_is_refused_from_the_next_ones_first_day_on()
    {
        var day = NodeDay().AddDays(1);
        await _nodes.AgreeAsync(SampleAgreements.Narrower(day.Month, day.Day));
        var bundle = await Region.ExportAsync("dongguan");
        _nodes.NextDay();

        await RefusedAsync(ErrorReason.AgreementMismatch, bundle);

        Assert.Equal(
            BundleOutcome.Applied, (await Town.ImportAsync(await Region.ExportAsync("dongguan"))).Outcome);
        Assert.Equal("", (await _nodes.WorkerInTownAsync()).Phone);
    }

    [Fact]
    public async Task After_a_new_epoch_of_the_giver_no_bundle_leaves_and_none_is_taken_before_a_session()
    {
        var before = await Region.ExportAsync("dongguan");
        await Town.ImportAsync(before);
        await _nodes.SyncAsync();
        var forged = await Forgery.OfAsync(_nodes, before);
        await Region.Services.GetRequiredService<IRecordStore>().BeginEpochAsync(default);
        (forged.Header.Epoch, forged.Header.From.Epoch) = (Foreign, Foreign);

        var refused = await Assert.ThrowsAsync<RpcException>(() => Region.ExportAsync("dongguan"));
        var info = await RefusedAsync(ErrorReason.BundleOutdated, await forged.MakeAsync(_nodes));
        await _nodes.SyncAsync();
        var after = await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        var late = await RefusedAsync(ErrorReason.BundleOutdated, before);

        Assert.Equal("ERROR_REASON_BUNDLE_OUTDATED", refused.Reason());
        Assert.Equal((Foreign, "zhaotong"), (info.Metadata["epoch"], info.Metadata["node"]));
        Assert.Equal(BundleOutcome.NothingChanged, after.Outcome);
        Assert.Equal(after.Header.Epoch, late.Metadata["known"]);
    }

    [Fact]
    public async Task An_answer_about_an_epoch_that_is_over_confirms_nothing()
    {
        var taken = await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        await Region.Services.GetRequiredService<IRecordStore>().BeginEpochAsync(default);

        var early = await Region.RefusedAsync(taken.Answer.ToByteArray());
        await _nodes.SyncAsync();
        var late = await Region.RefusedAsync(taken.Answer.ToByteArray());

        Assert.Equal("ERROR_REASON_BUNDLE_OUTDATED", early.Reason);
        Assert.Equal("ERROR_REASON_BUNDLE_OUTDATED", late.Reason);
    }

    [Fact]
    public async Task A_gap_says_what_is_missing_and_a_bundle_from_the_start_fills_it()
    {
        await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        await _nodes.SyncAsync();
        var state = IncomingState.Collection("zhaotong");
        var store = Town.Services.GetRequiredService<IRecordStore>();
        await store.CommitAsync(
            new Commit { Entries = [EntryWrite.Delete(state, IncomingState.Key)] }, default);

        var info = await RefusedAsync(ErrorReason.BundleGap, await Region.ExportAsync("dongguan"));
        var all = await Town.ImportAsync(await Region.ExportAsync("dongguan", fromStart: true));

        Assert.Equal(("zhaotong", "none:0"), (info.Metadata["sender"], info.Metadata["applied"]));
        Assert.Equal(all.Footer.To, all.Applied);
    }

    [Fact]
    public async Task A_session_and_a_bundle_of_the_same_partner_exclude_each_other()
    {
        var bundle = await Region.ExportAsync("dongguan");
        var sessions = Town.Services.GetRequiredService<SyncSessions>();
        await using (await sessions.EnterAsync("zhaotong", Guid.NewGuid(), SyncMode.Live, default))
        {
            await RefusedAsync(ErrorReason.SessionSuperseded, bundle);
        }

        await using (await sessions.EnterWithBundleAsync("zhaotong", Guid.NewGuid(), default))
        {
            await RefusedAsync(ErrorReason.SessionSuperseded, bundle);
            var refused = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);
            Assert.Equal("ERROR_REASON_SESSION_SUPERSEDED", refused.Reason());
        }

        Assert.Equal(BundleOutcome.Applied, (await Town.ImportAsync(bundle)).Outcome);
    }

    [Fact]
    public async Task A_bundle_for_a_node_that_is_no_partner_isnt_made()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Region.ExportAsync("shanghai"));

        Assert.Equal("ERROR_REASON_PEER_UNKNOWN", error.Reason());
    }

    private DateTimeOffset NodeDay() => _nodes.Time.GetUtcNow().ToOffset(TimeSpan.FromHours(8));

    private async Task<Google.Rpc.ErrorInfo> RefusedAsync(ErrorReason reason, byte[] bundle)
    {
        var before = await StandingAsync();
        var info = await Town.RefusedAsync(bundle);
        Assert.Equal(Errors.ErrorStatus.WireName(reason), info.Reason);
        Assert.Equal(before, await StandingAsync());
        return info;
    }

    private async Task<(FeedCursor Head, FeedCursor Applied, ulong Received, ulong Quarantined)> StandingAsync()
    {
        var peer = await Town.PeerAsync();
        return ((await Town.Node.GetStatusAsync(new GetStatusRequest())).Head,
            peer.Applied, peer.ReceivedCount, peer.QuarantinedCount);
    }
}
