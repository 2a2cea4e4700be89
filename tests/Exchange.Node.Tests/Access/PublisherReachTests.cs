using Exchange.Node.Tests.Services;
using Exchange.Node.Tests.Sync;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>A publisher sees and changes its own, over a real socket.</summary>
public sealed class PublisherReachTests : IAsyncLifetime
{
    private ReachRegister _all = null!;

    public async Task InitializeAsync() => _all = await ReachRegister.StartAsync();

    public async Task DisposeAsync() => await _all.DisposeAsync();

    [Fact]
    public async Task A_publisher_reads_what_is_of_its_sources()
    {
        var vacancies = new VacancyService.VacancyServiceClient(_all.Publisher);
        var records = new RecordService.RecordServiceClient(_all.Publisher);

        Assert.Equal(_all.VacancyHere, Assert.Single((await vacancies.ListVacanciesAsync(new())).Vacancies).Id);
        await ReachRegister.AssertOutsideAsync(
            async () => await vacancies.GetVacancyAsync(new GetVacancyRequest { Id = _all.VacancyThere }));
        await ReachRegister.AssertOutsideAsync(
            async () => await records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = _all.WorkerHere }));
    }

    [Fact]
    public async Task A_publisher_writes_vacancies_and_employers_of_its_sources_alone()
    {
        await _all.PutVacancyAsync(_all.Publisher, ReachRegister.There, "own-hr");
        var key = new ExternalKey { Source = "own-hr", SourceId = "e1" };
        var employer = await ReachRegister.PutAsync(_all.Publisher, "employer", new Employer { Name = "甲厂" }, key: key);
        var foreign = await ReachRegister.PutAsync(
            _all.Publisher, "vacancy", VacancySamples.Sample(), key: new ExternalKey { Source = "other-hr", SourceId = "x" });
        var nameless = await ReachRegister.PutAsync(_all.Publisher, "vacancy", VacancySamples.Sample());
        var person = await ReachRegister.PutAsync(_all.Publisher, "worker", People.Worker(70, ReachRegister.Here), key: key);
        var taken = await ReachRegister.PutAsync(
            _all.Publisher, "vacancy", VacancySamples.Sample(), _all.VacancyThere, key);

        Assert.Null(employer.Error);
        Assert.All([foreign, nameless, person, taken], answer =>
            Assert.Equal("ERROR_REASON_OUT_OF_REACH", answer.Error.Reason()));
    }

    [Fact]
    public async Task A_publisher_opens_and_undoes_its_own_streams_alone()
    {
        var vacancies = new VacancyService.VacancyServiceClient(_all.Publisher);
        using var other = vacancies.PublishVacancies();
        await other.RequestStream.WriteAsync(VacancySamples.Open());
        await ReachRegister.AssertOutsideAsync(() => other.ResponseStream.MoveNext(CancellationToken.None));

        using var own = vacancies.PublishVacancies();
        await own.RequestStream.WriteAsync(
            new PublishVacanciesRequest { Open = new OpenStream { Publisher = "own-hr", Stream = "daily" } });
        Assert.True(await own.ResponseStream.MoveNext(CancellationToken.None));
        await own.RequestStream.WriteAsync(VacancySamples.Item(1, "x", VacancySamples.Sample()));
        Assert.True(await own.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("ERROR_REASON_OUT_OF_REACH", own.ResponseStream.Current.Answer.Error.Reason());

        using var puts = new RecordService.RecordServiceClient(_all.Publisher).PutRecords();
        await puts.RequestStream.WriteAsync(
            new PutRecordsRequest { Open = new OpenStream { Publisher = "dongguan-hr", Stream = "daily" } });
        await ReachRegister.AssertOutsideAsync(() => puts.ResponseStream.MoveNext(CancellationToken.None));
        await ReachRegister.AssertOutsideAsync(async () => await new RecordService.RecordServiceClient(_all.Publisher)
            .UndoStreamAsync(new UndoStreamRequest { Publisher = "dongguan-hr", Stream = "daily" }));
    }

    [Fact]
    public async Task A_publisher_follows_placements_for_its_own_vacancies()
    {
        var placements = new PlacementService.PlacementServiceClient(_all.Publisher);
        var own = await ReachRegister.ReferAsync(_all.Node.Channel, _all.WorkerThere, _all.VacancyHere);
        var other = await ReachRegister.ReferAsync(_all.Node.Channel, _all.WorkerHere, _all.VacancyThere);

        Assert.Equal(own, Assert.Single((await placements.ListPlacementsAsync(new())).Placements).Id);
        await ReachRegister.AssertOutsideAsync(
            async () => await placements.GetPlacementAsync(new GetPlacementRequest { Id = other }));
    }

    [Fact]
    public async Task An_undo_leaves_what_is_out_of_reach()
    {
        var open = new OpenStream { Publisher = "office", Stream = "one", Undoable = true };
        using (var call = _all.Node.Records.PutRecords())
        {
            await call.RequestStream.WriteAsync(new PutRecordsRequest { Open = open });
            foreach (var (division, number) in new[] { (ReachRegister.Here, 1UL), (ReachRegister.There, 2UL) })
            {
                await call.RequestStream.WriteAsync(new PutRecordsRequest
                {
                    Item = new PutRecordItem
                    {
                        Number = number,
                        Record = new V1.Record
                        {
                            Kind = "vacancy",
                            Payload = Google.Protobuf.WellKnownTypes.Any.Pack(VacancySamples.Sample(division: division)),
                        },
                    },
                });
            }

            await call.RequestStream.CompleteAsync();
            await foreach (var response in call.ResponseStream.ReadAllAsync())
            {
                Assert.Null(response.Answer?.Error);
            }
        }

        var undone = await new RecordService.RecordServiceClient(_all.Clerk).UndoStreamAsync(
            new UndoStreamRequest { Publisher = "office", Stream = "one" });

        Assert.Equal((1, 1), ((int)undone.DeletedCount, (int)undone.KeptCount));
    }
}
