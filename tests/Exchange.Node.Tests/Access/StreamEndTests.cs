using Exchange.Node.Tests.Services;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>A credential that ends takes its open streams along.</summary>
public sealed class StreamEndTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync("dongguan", _time);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("WatchVacancies")]
    [InlineData("WatchRecords")]
    [InlineData("WatchPlacements")]
    [InlineData("PublishVacancies")]
    [InlineData("PutRecords")]
    public async Task A_revoked_credential_ends_its_stream(string rpc)
    {
        var token = await MakeAsync();
        await using var stream = await OpenAsync(rpc, _node.As(token));

        await _node.Access.RevokeCredentialAsync(new RevokeCredentialRequest { Name = "desk" });
        var error = await stream.EndAsync();

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Equal("ERROR_REASON_CREDENTIALS_INVALID", error.Reason());
        Assert.Equal("revoked", error.Info().Metadata["cause"]);
    }

    [Theory]
    [InlineData("WatchRecords")]
    [InlineData("PublishVacancies")]
    public async Task An_expired_credential_ends_its_stream(string rpc)
    {
        var token = await MakeAsync(_time.GetUtcNow().AddHours(1));
        await using var stream = await OpenAsync(rpc, _node.As(token));

        var ending = stream.EndAsync();
        for (var minute = 0; minute < 200 && !ending.IsCompleted; minute++)
        {
            // The node arms its next timer whenever it comes to it, so time goes on until it has.
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(ending, Task.Delay(TimeSpan.FromMilliseconds(minute < 60 ? 1 : 100), TimeProvider.System));
        }

        var error = await ending;

        Assert.Equal("ERROR_REASON_CREDENTIALS_INVALID", error.Reason());
        Assert.Equal("expired", error.Info().Metadata["cause"]);
    }

    [Fact]
    public async Task Streams_of_others_go_on()
    {
        var token = await MakeAsync();
        await using var ended = await OpenAsync("WatchRecords", _node.As(token));
        await using var other = await OpenAsync("PublishVacancies", _node.Channel);

        await _node.Access.RevokeCredentialAsync(new RevokeCredentialRequest { Name = "desk" });
        await ended.EndAsync();

        Assert.True(await other.GoesOnAsync());
    }

    private async Task<string> MakeAsync(DateTimeOffset? until = null) =>
        (await _node.Access.CreateCredentialAsync(new CreateCredentialRequest
        {
            Credential = new Credential { Name = "desk", Roles = { Role.Desk }, ExpireTime = until?.ToTimestamp() },
        })).Token;

    /// <summary>Opens a stream and returns once the node has answered on it.</summary>
    private static async Task<OpenStreamCall> OpenAsync(string rpc, CallInvoker calls)
    {
        var records = new RecordService.RecordServiceClient(calls);
        var vacancies = new VacancyService.VacancyServiceClient(calls);
        var placements = new PlacementService.PlacementServiceClient(calls);
        switch (rpc)
        {
            case "WatchVacancies":
                return await OpenStreamCall.StartAsync(vacancies.WatchVacancies(new WatchVacanciesRequest()));
            case "WatchRecords":
                return await OpenStreamCall.StartAsync(records.WatchRecords(new WatchRecordsRequest()));
            case "WatchPlacements":
                return await OpenStreamCall.StartAsync(placements.WatchPlacements(new WatchPlacementsRequest()));
            case "PublishVacancies":
                return await OpenStreamCall.StartAsync(vacancies.PublishVacancies(), VacancySamples.Open());
            default:
                var open = new PutRecordsRequest { Open = new OpenStream { Publisher = "p", Stream = "s" } };
                return await OpenStreamCall.StartAsync(records.PutRecords(), open);
        }
    }
}
