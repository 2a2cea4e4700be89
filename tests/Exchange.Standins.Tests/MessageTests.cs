using Exchange.Standins.Tests.Wire;
using Grpc.Core;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class MessageTests
{
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>The characters of the longest text that is let through: the field takes five bytes more.</summary>
    private const int Longest = Limit - 5;

    [Fact]
    public async Task A_request_of_4_MiB_is_let_through_and_one_byte_more_is_not()
    {
        await using var server = await ProbeServer.StartAsync(new() { MaxReceiveMessageSize = null });
        Text longest = new() { Value = new('a', Longest) }, tooLong = new() { Value = new('a', Longest + 1) };

        Assert.Equal(Limit, longest.CalculateSize());
        Assert.Equal(longest, await server.Client.EchoAsync(longest));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.EchoAsync(tooLong));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task A_response_of_4_MiB_is_let_through_and_one_byte_more_is_not()
    {
        await using var server = await ProbeServer.StartAsync();

        var longest = await server.Client.FillAsync(new Length { Characters = Longest });
        Assert.Equal(Limit, longest.CalculateSize());

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.FillAsync(new Length { Characters = Longest + 1 }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task Requests_and_responses_are_compressed_with_gzip()
    {
        using var wire = new WireRecorder();
        await using var server = await ProbeServer.StartAsync(
            new() { HttpHandler = wire },
            grpc => grpc.ResponseCompressionAlgorithm = "gzip");
        var request = new Text { Value = new string('a', 100_000) };
        var asksForGzip = new Metadata { { "grpc-internal-encoding-request", "gzip" } };

        var response = await server.Client.EchoAsync(request, asksForGzip);

        Assert.Equal(request, response);
        Assert.Equal("gzip", server.Log.HttpHeaders["grpc-encoding"]);
        Assert.Equal(["gzip"], wire.ResponseHeaders["grpc-encoding"]);
        Assert.InRange(wire.ReceivedBytes, 1, 10_000);
    }

    [Fact]
    public async Task A_response_that_asks_for_it_is_not_compressed()
    {
        using var wire = new WireRecorder();
        await using var server = await ProbeServer.StartAsync(
            new() { HttpHandler = wire },
            grpc => grpc.ResponseCompressionAlgorithm = "gzip");

        await server.Client.FillAsync(new Length { Characters = 100_000, Plain = true });

        Assert.InRange(wire.ReceivedBytes, 100_000, 110_000);
    }
}
