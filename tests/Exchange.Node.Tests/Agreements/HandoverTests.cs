using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Type;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Agreements;

/// <summary>The records of a node whose place another has taken, with three whole nodes over real sockets.</summary>
public sealed class HandoverTests : ThreeNodeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_of_the_old_node_are_at_home_at_the_new_one_once_it_has_taken_them_over(bool wasTakenBack)
    {
        var id = await PutVacancyAsync(Nodes.Town, "K1");
        await Nodes.SyncAsync();
        await GiveToSuccessorAsync();
        await EndAsync(Successor);
        await SucceedAsync(Terms());
        var early = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => TakeOverAsync());
        Nodes.NextDay();

        if (wasTakenBack)
        {
            await Nodes.SyncAsync();
            Assert.Empty(await VacanciesAsync(Nodes.Region));
        }

        var taken = await TakeOverAsync();
        var given = await SyncSuccessorAsync();
        Assert.Equal("ERROR_REASON_FIELD_INVALID", early.Reason());
        Assert.Equal((1ul, 0ul), (taken.TakenCount, taken.LeftCount));
        Assert.True(given.DigestsMatch);
        await AssertHomeAsync(id, "K1");

        // What the old node takes back afterwards changes nothing, here or there.
        if (!wasTakenBack)
        {
            Assert.True((await Nodes.SyncAsync(verify: true)).DigestsMatch);
        }

        Assert.True((await SyncAsync(SampleAgreements.Town)).DigestsMatch);
        await PutVacancyAsync(SuccessorNode, "K2", id);
        var changed = await SyncSuccessorAsync();
        Assert.Equal((0ul, true), (changed.QuarantinedCount, changed.DigestsMatch));
        await AssertHomeAsync(id, "K2");
        Assert.Equal(0ul, (await TakeOverAsync()).TakenCount);
    }

    [Fact]
    public async Task What_the_old_node_deleted_does_not_come_back_with_the_new_one()
    {
        var id = await PutVacancyAsync(Nodes.Town, "K1");
        await GiveToSuccessorAsync();
        await Nodes.SyncAsync();
        await Nodes.Town.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest
        {
            Items = { new PutRecordItem { Record = new Record { Kind = "vacancy", Id = id }, Delete = true } },
        });
        await Nodes.SyncAsync();
        await EndAsync();
        await SucceedAsync(Terms());
        Nodes.NextDay();

        await TakeOverAsync();
        var given = await SyncSuccessorAsync();

        Assert.Empty(await VacanciesAsync(Nodes.Region));
        Assert.Equal(1ul, (await Nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers
            .Single(peer => peer.Node == Successor).QuarantinedCount);
        Assert.True(given.DigestsMatch);
    }

    private async Task AssertHomeAsync(string id, string code)
    {
        foreach (var node in new[] { Nodes.Region, SuccessorNode })
        {
            var vacancy = Assert.Single(await VacanciesAsync(node));
            Assert.Equal((id, Successor), (vacancy.Id, vacancy.HomeNode));
            Assert.Equal(code, vacancy.Payload.Unpack<Vacancy>().Title);
        }
    }

    // The whole register, as a province is given it.
    private async Task GiveToSuccessorAsync()
    {
        var kinds = new RecordKinds();
        await AgreeAsync(Nodes.Town, SuccessorNode, new Agreement
        {
            Id = "dongguan-greater-bay",
            Parties = { new AgreementParty { Node = SampleAgreements.Town }, new AgreementParty { Node = Successor } },
            Flows = { AgreementProfiles.ToProvince(SampleAgreements.Town, Successor, kinds) },
            ValidFromDate = new Date { Year = 2026, Month = 3, Day = 1 },
        });
        Assert.True((await SyncAsync(SampleAgreements.Town)).DigestsMatch);
    }

    private async Task<TakeOverRecordsResponse> TakeOverAsync() => await SuccessorNode.Agreements.TakeOverRecordsAsync(
        new TakeOverRecordsRequest { Node = SampleAgreements.Town });

    private static async Task<string> PutVacancyAsync(TestNode node, string code, string id = "")
    {
        var vacancy = new Vacancy
        {
            Title = code,
            WorkPlace = new Place { Words = "虎门" },
            Status = VacancyStatus.Open,
        };
        var answer = await node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest
        {
            Items =
            {
                new PutRecordItem { Record = new Record { Kind = "vacancy", Id = id, Payload = Any.Pack(vacancy) } },
            },
        });
        Assert.Null(answer.Answers[0].Error);
        return answer.Answers[0].Id;
    }

    private static async Task<IReadOnlyList<Record>> VacanciesAsync(TestNode node) =>
        (await node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "vacancy" })).Records;
}
