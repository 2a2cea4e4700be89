using System.Net;
using System.Net.Http.Headers;
using Exchange.Node.Hosting;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>Over a real socket: who is let in, and what a stranger is told.</summary>
public sealed class AuthenticationTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_call_without_a_credential_is_told_that_it_needs_one()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await GetNodeAsync(_node.Nobody));

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Equal("ERROR_REASON_CREDENTIALS_MISSING", error.Reason());
        Assert.Equal("/exchange.v1.NodeService/GetNode", error.Info().Metadata["method"]);
        Assert.Contains("authorization: Bearer", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_without_a_credential_ends_the_same_way()
    {
        using var call = new VacancyService.VacancyServiceClient(_node.Nobody).PublishVacancies();

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal("ERROR_REASON_CREDENTIALS_MISSING", error.Reason());
    }

    [Fact]
    public async Task A_token_that_isnt_known_is_refused_and_stays_out_of_the_log()
    {
        const string token = "exchange_cm9hZCBvZiBiYWQgbHVjay4u";

        var error = await Assert.ThrowsAsync<RpcException>(async () => await GetNodeAsync(_node.As(token)));
        var data = _node.Services.GetRequiredService<DataDirectory>();
        await _node.StopAsync();

        Assert.Equal((StatusCode.Unauthenticated, "ERROR_REASON_CREDENTIALS_INVALID"), (error.StatusCode, error.Reason()));
        var log = string.Concat(Directory.GetFiles(data.Logs).Select(ReadShared));
        Assert.Contains("exchange.v1.NodeService/GetNode' was refused: its credential is unknown", log, StringComparison.Ordinal);
        Assert.DoesNotContain(token, log + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operators_token_of_the_start_before_is_good_no_longer()
    {
        var former = _node.RunToken;
        _node = await _node.RestartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await GetNodeAsync(_node.As(former)));

        Assert.Equal("ERROR_REASON_CREDENTIALS_INVALID", error.Reason());
        Assert.Equal("dongguan", await GetNodeAsync(_node.As(_node.RunToken)));
    }

    [Fact]
    public async Task Health_is_open_and_reflection_is_not()
    {
        var health = await new Grpc.Health.V1.Health.HealthClient(_node.Nobody).CheckAsync(new HealthCheckRequest());
        using var call = new ServerReflection.ServerReflectionClient(_node.Nobody).ServerReflectionInfo();
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        Assert.Equal("ERROR_REASON_CREDENTIALS_MISSING", error.Reason());
    }

    [Fact]
    public async Task A_stranger_isnt_told_which_methods_there_are()
    {
        var bytes = new Marshaller<byte[]>(value => value, value => value);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "exchange.v1.HorseService", "Ride", bytes, bytes);

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await _node.Nobody.AsyncUnaryCall(method, null, default, []));

        Assert.Equal("ERROR_REASON_CREDENTIALS_MISSING", error.Reason());
    }

    [Fact]
    public async Task What_isnt_grpc_is_answered_as_http_does()
    {
        using var client = new HttpClient(_node.NewHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, _node.Address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var known = new HttpRequestMessage(HttpMethod.Get, _node.Address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        known.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _node.RunToken);

        using var refused = await client.SendAsync(request);
        using var answered = await client.SendAsync(known);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (refused.StatusCode, answered.StatusCode));
    }

    private static async Task<string> GetNodeAsync(CallInvoker calls) =>
        (await new V1.NodeService.NodeServiceClient(calls).GetNodeAsync(new GetNodeRequest())).Node.Id;

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
