using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Xunit;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Exchange.Node.Tests.Services;

/// <summary>A stop tells every open stream that it should reconnect, and waits for none that only idles.</summary>
public sealed class StoppingTests : IAsyncLifetime
{
    private const string Reason = "ERROR_REASON_NODE_STOPPING";

    // Far below StopTimeout, after which calls are cut without a reason.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_publisher_gets_its_answers_and_then_hears_of_the_stop()
    {
        using var call = _node.Vacancies.PublishVacancies();
        await call.RequestStream.WriteAsync(VacancySamples.Open());
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await call.RequestStream.WriteAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Null(call.ResponseStream.Current.Answer.Error);

        await AssertToldAsync(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task A_publisher_that_has_not_opened_its_stream_hears_of_the_stop()
    {
        using var call = _node.Records.PutRecords();

        // Calls of one connection begin in order, so the stream has begun once this is answered.
        await _node.Node.GetNodeAsync(new GetNodeRequest());

        await AssertToldAsync(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task Reflection_hears_of_the_stop()
    {
        using var call = new ServerReflection.ServerReflectionClient(_node.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        await AssertToldAsync(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task A_watcher_of_health_sees_not_serving_and_then_hears_of_the_stop()
    {
        using var call = new Grpc.Health.V1.Health.HealthClient(_node.Channel).Watch(new HealthCheckRequest());
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        await AssertToldAsync(async () =>
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(ServingStatus.NotServing, call.ResponseStream.Current.Status);
            await call.ResponseStream.MoveNext(CancellationToken.None);
        });
    }

    private async Task AssertToldAsync(Func<Task> next)
    {
        var told = next();
        _node.BeginStop();
        var error = await Assert.ThrowsAsync<RpcException>(() => told.WaitAsync(Soon));

        Assert.Equal((StatusCode.Unavailable, Reason), (error.StatusCode, error.Reason()));
        await _node.StopAsync().WaitAsync(Soon);
    }
}
