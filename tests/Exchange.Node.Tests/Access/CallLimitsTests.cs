using System.Net;
using Exchange.Testing;
using Exchange.V1;
using Google.Rpc;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>How much one caller may ask for, over a real socket.</summary>
public sealed class CallLimitsTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        _node = await _node.RestartAsync(data => File.WriteAllText(
            data.ConfigFile,
            File.ReadAllText(data.ConfigFile).Replace(
                "\"Store\": {",
                "\"Access\": { \"CallsPerSecond\": 1, \"CallBurst\": 5, \"OpenStreams\": 2, \"FailedLoginsPerMinute\": 3 },\n"
                + "\"Store\": {",
                StringComparison.Ordinal)));
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Calls_beyond_the_rate_are_told_when_to_come_again()
    {
        var greedy = await MakeAsync("greedy");
        var modest = await MakeAsync("modest");

        RpcException? refused = null;
        for (var call = 0; call < 100 && refused is null; call++)
        {
            refused = await TryAsync(greedy);
        }

        Assert.Equal(StatusCode.ResourceExhausted, refused?.StatusCode);
        Assert.Equal("ERROR_REASON_RATE_LIMITED", refused!.Reason());
        Assert.Equal("calls", refused!.Info().Metadata["limit"]);
        Assert.True(RetryDelay(refused!) > TimeSpan.Zero);
        Assert.Null(await TryAsync(modest));
    }

    [Fact]
    public async Task Strangers_are_counted_by_their_address_whichever_door_they_come_by()
    {
        using var stranger = new HttpClient(_node.NewHandler()) { BaseAddress = _node.Address };
        var calls = new PublicService.PublicServiceClient(_node.Nobody);
        Assert.True((await stranger.GetAsync("/v1/public/vacancies")).IsSuccessStatusCode);

        var told = HttpStatusCode.OK;
        for (var call = 0; call < 100 && told == HttpStatusCode.OK; call++)
        {
            told = (await stranger.GetAsync("/v1/public/vacancies")).StatusCode;
        }

        RpcException? error = null;
        for (var call = 0; call < 100 && error is null; call++)
        {
            error = await TryAsync(async () => await calls.ListOpenVacanciesAsync(new ListOpenVacanciesRequest()));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, told);
        Assert.Equal("ERROR_REASON_RATE_LIMITED", error?.Reason());
    }

    [Fact]
    public async Task The_operator_has_no_limit()
    {
        for (var call = 0; call < 50; call++)
        {
            Assert.Null(await TryAsync(_node.RunToken));
        }
    }

    [Fact]
    public async Task Streams_beyond_the_bound_are_refused_until_one_ends()
    {
        var client = new RecordService.RecordServiceClient(_node.As(await MakeAsync("greedy")));
        using var first = client.WatchRecords(new WatchRecordsRequest());
        using var second = client.WatchRecords(new WatchRecordsRequest());
        Assert.True(await first.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(await second.ResponseStream.MoveNext(CancellationToken.None));

        using var third = client.WatchRecords(new WatchRecordsRequest());
        var error = await Assert.ThrowsAsync<RpcException>(() => third.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal("ERROR_REASON_RATE_LIMITED", error.Reason());
        Assert.Equal("streams", error.Info().Metadata["limit"]);
        Assert.True(RetryDelay(error) > TimeSpan.Zero);
    }

    [Fact]
    public async Task Wrong_credentials_from_one_address_are_told_to_wait_and_a_good_one_is_let_in()
    {
        var good = await MakeAsync("good");
        var errors = new List<RpcException?>();
        for (var call = 0; call < 4; call++)
        {
            errors.Add(await TryAsync("exchange_wrong"));
        }

        Assert.All(errors[..3], error => Assert.Equal(StatusCode.Unauthenticated, error?.StatusCode));
        Assert.Equal("failed logins", errors[3]!.Info().Metadata["limit"]);
        Assert.True(RetryDelay(errors[3]!) > TimeSpan.Zero);
        Assert.Null(await TryAsync(good));
    }

    private static TimeSpan RetryDelay(RpcException error) => Google.Rpc.Status.Parser
        .ParseFrom(error.Trailers.GetValueBytes("grpc-status-details-bin"))
        .Details.Single(detail => detail.Is(RetryInfo.Descriptor)).Unpack<RetryInfo>().RetryDelay.ToTimeSpan();

    private async Task<string> MakeAsync(string name) => (await _node.Access.CreateCredentialAsync(
        new CreateCredentialRequest { Credential = new Credential { Name = name, Roles = { Role.Reader } } })).Token;

    private Task<RpcException?> TryAsync(string token) => TryAsync(async () =>
        await new V1.NodeService.NodeServiceClient(_node.As(token)).GetNodeAsync(new GetNodeRequest()));

    private static async Task<RpcException?> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException error)
        {
            return error;
        }
    }
}
