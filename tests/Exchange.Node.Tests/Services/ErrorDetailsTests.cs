using System.Net;
using System.Net.Http.Headers;
using Exchange.Testing;
using Exchange.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Xunit;

namespace Exchange.Node.Tests.Services;

/// <summary>Failures that no handler makes have their details all the same.</summary>
public sealed class ErrorDetailsTests : IAsyncLifetime
{
    private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("exchange.v1.RecordService", "PutHorse")]
    [InlineData("exchange.v1.HorseService", "Ride")]
    public async Task An_unknown_method_is_named(string service, string method)
    {
        var error = await CallAsync(service, method, []);

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Equal("ERROR_REASON_METHOD_UNKNOWN", error.Reason());
        Assert.Equal($"/{service}/{method}", error.Info().Metadata["method"]);
    }

    [Fact]
    public async Task A_message_that_is_too_large_tells_the_limit()
    {
        var error = await CallAsync("exchange.v1.RecordService", "BatchPutRecords", new byte[5 << 20]);

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("ERROR_REASON_MESSAGE_TOO_LARGE", error.Reason());
        Assert.Equal("4194304", error.Info().Metadata["max_bytes"]);
    }

    [Fact]
    public async Task A_message_that_is_too_large_in_a_stream_has_its_details_in_the_trailers()
    {
        using var call = _node.Vacancies.PublishVacancies();
        await call.RequestStream.WriteAsync(VacancySamples.Open());
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var large = VacancySamples.Item(1, "a", VacancySamples.Sample(new string('x', 5 << 20)));

        var writing = call.RequestStream.WriteAsync(large);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        await Task.WhenAny(writing);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("ERROR_REASON_MESSAGE_TOO_LARGE", error.Reason());
    }

    [Fact]
    public async Task A_message_that_cant_be_read_is_told_from_a_fault_of_the_node()
    {
        var error = await CallAsync("exchange.v1.RecordService", "GetRecord", [0xff, 0xff, 0xff]);

        Assert.Equal((StatusCode.InvalidArgument, "ERROR_REASON_CALL_UNREADABLE"), (error.StatusCode, error.Reason()));
    }

    [Fact]
    public async Task A_message_of_a_stream_that_cant_be_read_is_its_callers_fault_too()
    {
        var method = new Method<byte[], byte[]>(
            MethodType.DuplexStreaming, "exchange.v1.VacancyService", "PublishVacancies", Bytes, Bytes);
        using var call = _node.Channel.AsyncDuplexStreamingCall(method, null, default);
        await call.RequestStream.WriteAsync([0xff, 0xff, 0xff]);

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal((StatusCode.InvalidArgument, "ERROR_REASON_CALL_UNREADABLE"), (error.StatusCode, error.Reason()));
    }

    [Fact]
    public async Task A_deadline_that_passes_before_the_first_answer_has_details()
    {
        var done = new TaskCompletionSource();
        using var client = new HttpClient(_node.NewHandler());
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(_node.Address, "exchange.v1.VacancyService/PublishVacancies"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new PendingContent(done.Task),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Add("grpc-timeout", "100m");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _node.RunToken);
        request.Headers.TE.ParseAdd("trailers");

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal("4", response.Headers.GetValues("grpc-status").Single());
        var details = Convert.FromBase64String(response.Headers.GetValues("grpc-status-details-bin").Single());
        var info = Google.Rpc.Status.Parser.ParseFrom(details).Details[0].Unpack<ErrorInfo>();
        Assert.Equal("ERROR_REASON_DEADLINE_EXCEEDED", info.Reason);
        done.SetResult();
    }

    [Fact]
    public async Task Health_of_an_unknown_service_has_details()
    {
        var health = new Grpc.Health.V1.Health.HealthClient(_node.Channel);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await health.CheckAsync(new HealthCheckRequest { Service = "exchange.v1.HorseService" }));

        Assert.Equal((StatusCode.NotFound, "ERROR_REASON_SERVICE_UNKNOWN"), (error.StatusCode, error.Reason()));
    }

    [Fact]
    public async Task The_details_of_a_handlers_error_stand_once()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Records.GetRecordAsync(new GetRecordRequest { Kind = "vacancy", Id = "x" }));

        Assert.Single(error.Trailers, entry => entry.Key == "grpc-status-details-bin");
        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
    }

    private async Task<RpcException> CallAsync(string service, string method, byte[] message) =>
        await Assert.ThrowsAsync<RpcException>(async () => await _node.Channel.AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, service, method, Bytes, Bytes), null, default, message));

    /// <summary>A body that doesn't come.</summary>
    private sealed class PendingContent(Task until) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            // The headers leave with the first flush.
            await stream.FlushAsync();
            await until;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
