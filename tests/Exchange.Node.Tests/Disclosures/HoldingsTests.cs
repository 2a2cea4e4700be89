using System.Net;
using System.Net.Sockets;
using Exchange.Node.Disclosures;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Disclosures;

/// <summary>What one side keeps of its disclosures, and what the other tells of what it holds.</summary>
public sealed class HoldingsTests : FlowTests
{
    [Fact]
    public async Task A_held_view_is_told_with_the_item_that_the_giver_registered()
    {
        var key = await SendWorkerAsync();

        var answer = await TellAsync(key);

        var row = await RowAsync(key);
        Assert.Equal(("worker", key.Id.ToString()), (answer.Kind, answer.Id));
        Assert.Equal(
            (HoldingState.Held, row.Version.Clock, row.Revision, false),
            (answer.Holding.State, answer.Holding.Version.Clock, answer.Holding.Revision, answer.Holding.Quarantined));
        Assert.Equal(row.Item, DigestItem.Read(answer.DigestItem.Span));
    }

    [Fact]
    public async Task What_is_at_home_here_or_elsewhere_is_answered_as_not_held()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));

        Assert.Equal(HoldingState.None, (await TellAsync(vacancy)).Holding.State);
        Assert.Equal(HoldingState.None, (await TellAsync(vacancy with { Id = Guid.NewGuid() })).Holding.State);
        Assert.Null((await TellAsync(vacancy)).Holding.Version);
    }

    [Fact]
    public async Task What_was_taken_back_is_told_as_removed()
    {
        var key = await SendWorkerAsync();
        await Region.DeleteAsync(key);
        await PassAsync();

        var answer = await TellAsync(key);

        Assert.Equal((HoldingState.Removed, 0), (answer.Holding.State, answer.DigestItem.Length));
    }

    [Fact]
    public async Task A_payload_that_cannot_be_unsealed_is_told_as_unreadable()
    {
        var key = await SendWorkerAsync();
        var stored = (await City.Store.GetAsync(key, default))!;
        var damaged = new RecordPut
        {
            Key = key,
            Version = stored.Version,
            Revision = stored.Revision,
            Envelope = stored.Envelope,
            Payload = new byte[] { 9, 9, 9 },
        };
        await City.Store.CommitAsync(new Commit { Puts = [damaged] }, default);

        var answer = await TellAsync(key);

        Assert.Equal((HoldingState.Unreadable, 0), (answer.Holding.State, answer.DigestItem.Length));
    }

    [Fact]
    public async Task A_change_in_quarantine_is_told_beside_what_is_held()
    {
        var key = await SendWorkerAsync();
        var row = new QuarantineRow
        {
            Reason = ErrorReason.ChangeInvalid,
            Message = "no good",
            Version = new Store.RecordVersion(1, Region.Id),
            Revision = 1,
            Epoch = "",
            Time = Time.GetUtcNow(),
            Sealed = default,
        };
        var write = new EntryWrite(QuarantineRow.Collection(Region.Id), RecordKeyBytes.Of(key), row.ToBytes());
        await City.Store.CommitAsync(new Commit { Entries = [write] }, default);

        var answer = await TellAsync(key);

        Assert.Equal((HoldingState.Held, true), (answer.Holding.State, answer.Holding.Quarantined));
    }

    [Fact]
    public async Task What_is_taken_back_keeps_the_projection_that_was_shown_last()
    {
        var key = await SendWorkerAsync();
        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[0].Kinds.Remove(Agreement.Flows[0].Kinds.Single(rule => rule.Kind == "worker"));

        await PassAsync();

        var row = await RowAsync(key);
        Assert.Equal((true, "city:1", Agreement.Id), (row.IsWithdrawn, row.Projection, row.Agreement));
    }

    [Fact]
    public async Task A_version_that_is_no_longer_held_leaves_the_fields_unknown()
    {
        var key = await SendWorkerAsync();

        var known = Workers(await FindAsync(key, SampleAgreements.City()));
        var unknown = Workers(await FindAsync(key, SampleAgreements.City(version: 2)));

        Assert.True(known is { TermsKnown: true, Purpose: "placement", Fields.Count: > 0 });
        Assert.True(unknown is { TermsKnown: false, Purpose: "placement", Fields.Count: 0, Projection: "city:1" });
    }

    [Fact]
    public async Task A_person_whose_record_was_deleted_is_still_answered_for()
    {
        var key = await SendWorkerAsync();
        await Region.DeleteAsync(key);
        await PassAsync();

        var answer = await FindAsync(key, Agreement);

        var worker = Assert.Single(Workers(answer).Records);
        Assert.Equal((true, true), (worker.Withdrawn, worker.Confirmed));
        Assert.Equal(2u, answer.RecordCount);
    }

    [Fact]
    public async Task What_the_partner_did_not_acknowledge_is_not_confirmed()
    {
        var key = await SendWorkerAsync();
        await Region.DeleteAsync(key);
        var before = Assert.Single(Workers(await FindAsync(key, Agreement)).Records);
        var cursor = await City.Flows(Agreement).Sink(Region.Id).AppliedAsync(default);
        Time.Advance(TimeSpan.FromHours(1));
        var now = Time.GetUtcNow();

        await Region.Flows(Agreement).Source(City.Id).ReadAsync(cursor, default);
        var sent = Assert.Single(Workers(await FindAsync(key, Agreement)).Records);
        await PassAsync();
        var acknowledged = Assert.Single(Workers(await FindAsync(key, Agreement)).Records);

        Assert.Equal((false, true), (before.Withdrawn, before.Confirmed));
        Assert.Equal((true, false), (sent.Withdrawn, sent.Confirmed));
        Assert.Equal((true, true), (acknowledged.Withdrawn, acknowledged.Confirmed));
        Assert.Equal(now, sent.SentTime.ToDateTimeOffset());
    }

    [Fact]
    public async Task A_partner_that_is_silent_is_waited_for_no_longer_than_ten_seconds()
    {
        var key = await SendWorkerAsync();
        using var directory = new TemporaryDirectory();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var peer = FlowNode.Peer(Region.Id, Agreement) with
        {
            Options = new PeerOptions { Node = City.Id, Address = $"https://{silent.LocalEndpoint}" },
        };
        var (answer, partners) = await DisclosuresOf(peer).FindAsync(key.Id, default);

        var asking = new HoldingQuestion(Identity, await LinesAsync(directory), Time).AskAsync(partners, default);
        await Time.TimerArmedAsync();
        Time.Advance(TimeSpan.FromSeconds(10));
        await asking;

        Assert.Contains("no answer in 10 s", answer.Partners[0].Error.Message, StringComparison.Ordinal);
        Assert.All(Workers(answer).Records, record => Assert.Null(record.Holding));
    }

    // To a city whose certificate is pinned, so that it is called at all.
    private async Task<PeerLines> LinesAsync(TemporaryDirectory directory)
    {
        await Region.Store.CommitAsync(
            new Commit { Entries = TestCertificates.Pins(Region.Id, [new NodeInitPeer(City.Id, null, "passive")], Time) },
            default);
        var data = new DataDirectory(directory.Path);
        TestCertificates.Of(Region.Id).Put(data);
        var files = new ListenOptions().FilesIn(data);
        return new PeerLines(
            new PeerPins(Region.Store, Time),
            new TlsIdentity(files, TlsCertificate.Read(files), Time, NullLogger<TlsIdentity>.Instance),
            Time);
    }

    private static DisclosedView Workers(WhoSawResponse answer) =>
        Assert.Single(answer.Partners).Views.Single(view => view.Kind == "worker");

    private async Task<RecordKey> SendWorkerAsync()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
        return key;
    }

    private async Task<HeldAnswer> TellAsync(RecordKey key)
    {
        var holdings = new Holdings(City.Store, City.Codec);
        return Assert.Single(await holdings.TellAsync(FlowNode.Peer(City.Id, Agreement), [key], default));
    }

    private NodeIdentity Identity => new(Region.Id, Region.Id, TestNode: true);

    private async Task<WhoSawResponse> FindAsync(RecordKey key, Agreement agreement) =>
        (await DisclosuresOf(FlowNode.Peer(Region.Id, agreement)).FindAsync(key.Id, default)).Answer;

    private SubjectDisclosures DisclosuresOf(SyncPeer peer)
    {
        var kinds = new RecordKinds();
        var subjects = new SubjectRecords(Region.Store, kinds, Region.Causes, Identity);
        return new SubjectDisclosures(Region.Store, new SyncPeers([peer]), subjects, kinds, Identity);
    }

    private async Task<DisclosureRow> RowAsync(RecordKey key)
    {
        ReadOnlyMemory<byte>[] keys = [RecordKeyBytes.Of(key)];
        return (await DisclosureRegister.FindAsync(Region.Store, City.Id, keys, default))[0]!;
    }
}
