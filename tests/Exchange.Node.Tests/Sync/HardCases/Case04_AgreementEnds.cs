using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Date = Google.Type.Date;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>Hard case 4 through real nodes: an agreement ended while the line was down.</summary>
public sealed class Case04_AgreementEnds : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private TestNode _dongguan = null!;
    private TestNode _zhaotong = null!;

    public async Task InitializeAsync()
    {
        var (file, key) = (Path.Combine(_directory.Path, "agreement.json"), Path.Combine(_directory.Path, "key"));
        File.WriteAllText(file, AgreementFile.Format(Until(null)));
        File.WriteAllText(key, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        _dongguan = await TestNode.StartAsync("dongguan", new NodeInitPeer("zhaotong", null, file, key, "passive"));
        _zhaotong = await TestNode.StartAsync(
            "zhaotong", new NodeInitPeer("dongguan", _dongguan.Address.ToString(), file, key, "nightly"));
    }

    public async Task DisposeAsync()
    {
        await _zhaotong.DisposeAsync();
        await _dongguan.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Sessions_after_the_end_take_everything_back_and_then_no_more_are_let_in()
    {
        var worker = await PutReferredAsync();
        await SyncAsync();
        Assert.NotNull(await FindAsync(worker));

        await EndAsync(NodeIdentity.Today(TimeProvider.System).AddDays(-1));
        var late = await PutReferredAsync("998801199001010030");
        var done = await SyncAsync();
        var status = Assert.Single((await _zhaotong.Node.ListPeersAsync(new ListPeersRequest())).Peers);

        Assert.Equal((2ul, 0ul, true), (done.SentCount, done.ReceivedCount, done.DigestsMatch));
        Assert.Null(await FindAsync(worker));
        Assert.Null(await FindAsync(late));
        Assert.Equal((true, 0ul, 0ul), (status.WindingUp, status.OpenRetractionCount, status.DisclosedCount));
        var over = await Assert.ThrowsAsync<RpcException>(SyncAsync);
        Assert.Equal(StatusCode.FailedPrecondition, over.StatusCode);
        Assert.Contains("is valid", over.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_last_day_a_session_takes_everything_back()
    {
        var worker = await PutReferredAsync();
        await SyncAsync();

        await EndAsync(NodeIdentity.Today(TimeProvider.System));
        var done = await SyncAsync();

        Assert.Equal((2ul, true), (done.SentCount, done.DigestsMatch));
        Assert.Null(await FindAsync(worker));
    }

    /// <summary>Both sides put the agreement that ends on a day in the place of the one without end.</summary>
    private async Task EndAsync(DateOnly day)
    {
        foreach (var node in new[] { _dongguan, _zhaotong })
        {
            var folder = node.Services.GetRequiredService<DataDirectory>().Agreements;
            File.WriteAllText(Assert.Single(Directory.GetFiles(folder)), AgreementFile.Format(Until(day)));
        }

        var config = _zhaotong.Services.GetRequiredService<DataDirectory>().ConfigFile;
        var before = _dongguan.Address.ToString();
        _dongguan = await _dongguan.RestartAsync();
        var text = await File.ReadAllTextAsync(config);
        Assert.Contains(before, text, StringComparison.Ordinal);
        var moved = text.Replace(before, _dongguan.Address.ToString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(config, moved);
        _zhaotong = await _zhaotong.RestartAsync();
    }

    private async Task<SyncNowResponse> SyncAsync() =>
        await _zhaotong.Node.SyncNowAsync(new SyncNowRequest { Peer = "dongguan" });

    private async Task<Record?> FindAsync(string worker)
    {
        var list = await _dongguan.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" });
        return list.Records.FirstOrDefault(record => record.Id == worker);
    }

    private async Task<string> PutReferredAsync(string idNumber = "998801199001010014")
    {
        var item = new PutRecordItem
        {
            Record = new Record
            {
                Kind = "worker",
                LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
                Payload = Any.Pack(new Worker { Name = "张小明", IdNumber = idNumber }),
            },
        };
        var answers = await _zhaotong.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } });
        var worker = answers.Answers[0].Id;
        await _zhaotong.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                WorkerId = worker,
                VacancyId = Guid.CreateVersion7().ToString(),
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = PlacementEventType.Referred,
                HappenedDate = new Date { Year = 2026, Month = 3, Day = 2 },
            },
        });
        return worker;
    }

    private static Agreement Until(DateOnly? end)
    {
        var kinds = new RecordKinds();
        return new Agreement
        {
            Id = "zhaotong-dongguan",
            Version = 1,
            Parties = { new AgreementParty { Node = "zhaotong" }, new AgreementParty { Node = "dongguan" } },
            Flows =
            {
                AgreementProfiles.ToCity("zhaotong", "dongguan", kinds),
                AgreementProfiles.FromCity("dongguan", "zhaotong", kinds),
            },
            ValidFromDate = new Date { Year = 2026, Month = 1, Day = 1 },
            ValidToDate = end is { } day ? new Date { Year = day.Year, Month = day.Month, Day = day.Day } : null,
        };
    }
}
