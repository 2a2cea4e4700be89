using Exchange.Node.Hosting;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Services;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// A byte is flipped by hand in the database file of a stopped node. No sum sees it; counting anew does, names the record
/// and the node, and repairs it where a sound copy is left.
/// </summary>
public sealed class FlippedByteTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;
    private string _vacancy = "";
    private string _worker = "";

    public async Task InitializeAsync()
    {
        _nodes = await AgreedNodes.StartAgreedAsync();
        var (_, answers) = await _nodes.Town.PublishAsync(
            VacancySamples.Item(1, "a", VacancySamples.Sample()), VacancySamples.Item(2, "b", VacancySamples.Sample()));
        _vacancy = answers[0].Id;
        _worker = await PutWorkerAsync();
        await _nodes.Region.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest { Event = Referral() });
        await _nodes.SyncAsync(verify: false);
    }

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task In_the_callers_copy_it_is_found_named_and_repaired()
    {
        var before = await FindAsync(_nodes.Region, "vacancy");
        await _nodes.RestartRegionAsync(data => Flip(data, _vacancy));
        Assert.Null(await FindAsync(_nodes.Region, "vacancy"));
        var blind = await _nodes.SyncAsync(verify: false);
        Assert.True(blind.DigestsMatch);
        Assert.False(blind.Recounted);

        var done = await _nodes.SyncAsync(verify: true);

        var repair = Assert.Single(done.Repairs);
        Assert.Equal(
            ("vacancy", _vacancy, RepairCause.DamagedAtReceiver, "zhaotong", true),
            (repair.Kind, repair.Id, repair.Cause, repair.Node, repair.Repaired));
        Assert.Equal((1ul, 0ul, true, true), (done.RepairCount, done.UnrepairedCount, done.DigestsMatch, done.Recounted));
        Assert.Equal(before, await FindAsync(_nodes.Region, "vacancy"));
        var peer = Assert.Single((await _nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers);
        Assert.Equal((true, 1ul, 0ul), (peer.Verified, peer.RepairedCount, peer.UnrepairedCount));
        Assert.NotNull(peer.LastVerifyTime);
        Assert.Equal(0ul, (await _nodes.SyncAsync(verify: true)).RepairCount);
    }

    [Fact]
    public async Task In_the_answering_nodes_sealed_copy_of_a_person_it_is_found_named_and_repaired()
    {
        var before = await FindAsync(_nodes.Town, "worker");
        await _nodes.RestartTownAsync(data => Flip(data, _worker));

        var done = await _nodes.SyncAsync(verify: true);

        var repair = Assert.Single(done.Repairs);
        Assert.Equal(
            ("worker", _worker, RepairCause.DamagedAtReceiver, "dongguan", true),
            (repair.Kind, repair.Id, repair.Cause, repair.Node, repair.Repaired));
        Assert.Equal(before, await FindAsync(_nodes.Town, "worker"));
    }

    [Fact]
    public async Task In_a_nodes_own_record_it_is_reported_for_a_person_to_mend()
    {
        var before = await FindAsync(_nodes.Town, "worker");
        await _nodes.RestartRegionAsync(data => Flip(data, _worker));

        var done = await _nodes.SyncAsync(verify: true);

        var repair = Assert.Single(done.Repairs);
        Assert.Equal(
            ("worker", _worker, RepairCause.ContentDiffersAtGiver, "zhaotong", false),
            (repair.Kind, repair.Id, repair.Cause, repair.Node, repair.Repaired));
        Assert.Equal((1ul, 1ul, true), (done.RepairCount, done.UnrepairedCount, done.DigestsMatch));
        Assert.Equal(before, await FindAsync(_nodes.Town, "worker"));
        var peer = Assert.Single((await _nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers);
        Assert.False(peer.Verified);
    }

    // All that could be sent of what isn't there is a removal, and the partner's view may be the last there is.
    [Fact]
    public async Task A_record_that_is_gone_from_its_home_is_reported_and_stays_with_the_partner()
    {
        var before = await FindAsync(_nodes.Region, "vacancy");
        await _nodes.RestartTownAsync(data => Remove(data, _vacancy));

        var done = await _nodes.SyncAsync(verify: true);
        var later = await _nodes.SyncAsync(verify: false);

        var repair = Assert.Single(done.Repairs);
        Assert.Equal(
            ("vacancy", _vacancy, RepairCause.MissingAtGiver, "dongguan", false),
            (repair.Kind, repair.Id, repair.Cause, repair.Node, repair.Repaired));
        Assert.True(later.DigestsMatch);
        Assert.Equal(before, await FindAsync(_nodes.Region, "vacancy"));
    }

    // Null for one that a list leaves out, as a damaged one.
    private async Task<Any?> FindAsync(TestNode node, string kind)
    {
        var id = kind == "worker" ? _worker : _vacancy;
        var records = await node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = kind });
        return records.Records.SingleOrDefault(record => record.Id == id)?.Payload;
    }

    private async Task<string> PutWorkerAsync()
    {
        var item = new PutRecordItem
        {
            Record = new Record
            {
                Kind = "worker",
                LegalBasis = FlowNode.Duty,
                Payload = Any.Pack(new Worker { Name = "张小明", IdNumber = "998801199001010014" }),
            },
        };
        var response = await _nodes.Region.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } });
        Assert.Null(response.Answers[0].Error);
        return response.Answers[0].Id;
    }

    private PlacementEvent Referral() => new()
    {
        WorkerId = _worker,
        VacancyId = _vacancy,
        SendingNode = "zhaotong",
        ReceivingNode = "dongguan",
        Type = PlacementEventType.Referred,
        HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 },
    };

    // The last byte of the payload: of a vacancy's text, or of the seal of a person's data.
    private static void Flip(DataDirectory data, string id)
    {
        var file = Path.Combine(data.Store, "store.sqlite");
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadWrite;Pooling=False");
        connection.Open();
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT payload FROM record WHERE id = $id";
        read.Parameters.AddWithValue("$id", Guid.Parse(id).ToByteArray(bigEndian: true));
        var payload = (byte[])read.ExecuteScalar()!;
        payload[^1] ^= 0x01;
        using var write = connection.CreateCommand();
        write.CommandText = "UPDATE record SET payload = $payload WHERE id = $id";
        write.Parameters.AddWithValue("$payload", payload);
        write.Parameters.AddWithValue("$id", Guid.Parse(id).ToByteArray(bigEndian: true));
        Assert.Equal(1, write.ExecuteNonQuery());
    }

    private static void Remove(DataDirectory data, string id)
    {
        var file = Path.Combine(data.Store, "store.sqlite");
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadWrite;Pooling=False");
        connection.Open();
        using var remove = connection.CreateCommand();
        remove.CommandText = "DELETE FROM record_key WHERE id = $id; DELETE FROM record WHERE id = $id";
        remove.Parameters.AddWithValue("$id", Guid.Parse(id).ToByteArray(bigEndian: true));
        Assert.NotEqual(0, remove.ExecuteNonQuery());
    }
}
