using Exchange.Cli;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Cli;
using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Grpc.Core;
using Xunit;
using MessageService = Exchange.V1.MessageService;

namespace Exchange.Node.Tests.Messages;

/// <summary>From the town to the paired county on one node, and from there to the villages on the other.</summary>
public sealed class VacancyRoutingTests : IAsyncLifetime
{
    private const string Town = "441900118";
    private const string Weixin = "530629";
    private const string Zhaxi = "530629101";
    private const string Village = "530629101203";

    private AgreedNodes _nodes = null!;
    private PlacedWorker _region = null!;
    private string _vacancy = "";

    public async Task InitializeAsync()
    {
        _nodes = await AgreedNodes.StartAgreedAsync();
        _region = new PlacedWorker(_nodes.Region);
        await _region.PutAsync("pairing", Pair(Weixin));
        await _region.PutAsync("pairing", Pair("530627", ended: true));
        await _region.PutAsync("division", new Division
        {
            Code = Zhaxi,
            Name = "扎西镇",
            Level = DivisionLevel.Township,
            ParentCode = Weixin,
        });
        await _region.PutAsync("liaison_officer", new LiaisonOfficer
        {
            PersonName = "张某",
            Place = Samples.Place(Zhaxi, "扎西镇"),
            VillageDivisionCodes = { Village },
            FromDate = Samples.Date(2020, 1, 1),
        });
        _vacancy = await new PlacedWorker(_nodes.Town).PutVacancyAsync();
        await _nodes.SyncAsync();
    }

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Each_side_passes_on_its_own_steps_and_none_twice()
    {
        var there = await RouteAsync(_nodes.Town.Channel);
        var here = await RouteAsync(_nodes.Region.Channel);
        var again = await RouteAsync(_nodes.Region.Channel);

        Assert.Equal([(Town, Weixin)], there.Steps.Select(Codes));
        Assert.Contains((Weixin, Zhaxi), here.Steps.Select(Codes));
        Assert.Equal((Zhaxi, Village), here.Steps.Select(Codes).Single(step => step.To.Length == Village.Length));
        Assert.DoesNotContain(Zhaxi, here.WithoutOfficerDivisionCodes);
        Assert.Empty(again.Steps);
        Assert.Equal(here.Steps.Count, again.StandingCount);
        var route = (await _nodes.Town.Records.GetRecordAsync(new GetRecordRequest
        {
            Kind = "vacancy_route",
            Id = there.Steps[0].RouteId,
        })).Record.Payload.Unpack<VacancyRoute>();
        Assert.Equal((_vacancy, 36), (route.VacancyId, route.PairingId.Length));
    }

    [Fact]
    public async Task A_desk_makes_the_steps_of_its_own_divisions_alone_and_a_check_makes_none()
    {
        var request = new RouteVacancyRequest { VacancyId = _vacancy, ValidateOnly = true };
        var whole = new MessageService.MessageServiceClient(_nodes.Region.Channel);
        var own = new MessageService.MessageServiceClient(await DeskOfAsync(Weixin));
        var other = new MessageService.MessageServiceClient(await DeskOfAsync("530627"));

        var shown = await whole.RouteVacancyAsync(request);
        var elsewhere = await other.RouteVacancyAsync(new RouteVacancyRequest { VacancyId = _vacancy });
        var made = await own.RouteVacancyAsync(new RouteVacancyRequest { VacancyId = _vacancy });

        Assert.NotEmpty(shown.Steps);
        Assert.All(shown.Steps, step => Assert.Empty(step.RouteId));
        Assert.Equal((0, shown.Steps.Count), (elsewhere.Steps.Count, elsewhere.OutOfReachCount));
        Assert.Equal(shown.Steps.Select(Codes), made.Steps.Select(Codes));
    }

    [Fact]
    public async Task The_command_prints_the_way()
    {
        var run = new CommandRun { Node = _nodes.Town.Channel };

        Assert.Equal(ExitCode.Ok, await run.RunAsync("route", _vacancy, "--channel", "government"));

        Assert.Equal($"{Town} 大岭山镇 -> {Weixin} 威信县\n1 steps, 0 before.\n", run.Output);
    }

    [Fact]
    public async Task A_work_place_without_a_code_can_not_be_routed()
    {
        var vacancy = await _region.PutVacancyAsync(post => post.WorkPlace = new Place { Words = "广东" });
        var service = new MessageService.MessageServiceClient(_nodes.Region.Channel);

        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await service.RouteVacancyAsync(new RouteVacancyRequest { VacancyId = vacancy }));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    private static (string From, string To) Codes(RoutedStep step) =>
        (step.FromPlace.DivisionCode, step.ToPlace.DivisionCode);

    private static Pairing Pair(string county, bool ended = false) => new()
    {
        SendingPlace = Samples.Place(county, county == Weixin ? "威信县" : "镇雄县"),
        ReceivingPlace = Samples.Place(Town, "大岭山镇"),
        FromDate = Samples.Date(2017, 1, 1),
        ToDate = ended ? Samples.Date(2020, 1, 1) : null,
    };

    private async Task<RouteVacancyResponse> RouteAsync(CallInvoker node) =>
        await new MessageService.MessageServiceClient(node).RouteVacancyAsync(
            new RouteVacancyRequest { VacancyId = _vacancy });

    private async Task<CallInvoker> DeskOfAsync(string division)
    {
        var credential = new Credential { Name = $"desk-{division}", Roles = { Role.Desk }, DivisionCodes = { division } };
        var made = await _nodes.Region.Access.CreateCredentialAsync(new CreateCredentialRequest { Credential = credential });
        return _nodes.Region.As(made.Token);
    }
}
