using Exchange.Interop.Contract;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Empty = Exchange.Interop.Contract.Empty;

namespace Exchange.Interop;

/// <summary>The client's side of every case, on the client that nodes call each other with.</summary>
internal sealed class InteropCases(GrpcChannel channel, EncodingHandler encoding)
{
    private readonly TestService.TestServiceClient _client = new(channel);

    /// <summary>Runs all; prints "ok NAME" or "failed NAME: why".</summary>
    public static async Task<bool> RunAllAsync(string address)
    {
        using var encoding = new EncodingHandler();
        using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = encoding });
        var cases = new InteropCases(channel, encoding);
        var all = true;
        foreach (var (name, run) in cases.All())
        {
            try
            {
                await run().WaitAsync(TimeSpan.FromSeconds(20));
                Console.WriteLine($"ok {name}");
            }
            catch (Exception exception)
            {
                all = false;
                var reason = exception.Message.ReplaceLineEndings(" ");
                Console.WriteLine($"failed {name}: {exception.GetType().Name} {reason}");
            }
        }

        return all;
    }

    private IEnumerable<(string Name, Func<Task> Run)> All() =>
    [
        ("empty_unary", async () => await _client.EmptyCallAsync(new Empty())),
        ("large_unary", LargeUnaryAsync),
        ("client_streaming", ClientStreamingAsync),
        ("server_streaming", ServerStreamingAsync),
        ("ping_pong", PingPongAsync),
        ("empty_stream", EmptyStreamAsync),
        ("cancel_after_begin", CancelAfterBeginAsync),
        ("cancel_after_first_response", CancelAfterFirstResponseAsync),
        ("timeout_on_sleeping_server", TimeoutOnSleepingServerAsync),
        ("status_code_and_message", () => StatusAsync("test status message")),
        ("special_status_message", () => StatusAsync(
            "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")),
        ("custom_metadata", CustomMetadataAsync),
        ("unimplemented_method", () => FailsAsync(
            StatusCode.Unimplemented, _client.UnimplementedCallAsync(new Empty()))),
        ("unimplemented_service", () => FailsAsync(
            StatusCode.Unimplemented,
            new UnimplementedService.UnimplementedServiceClient(channel).UnimplementedCallAsync(new Empty()))),
        ("client_compressed_unary", ClientCompressedUnaryAsync),
        ("server_compressed_unary", ServerCompressedUnaryAsync),
        ("client_compressed_streaming", ClientCompressedStreamingAsync),
        ("server_compressed_streaming", ServerCompressedStreamingAsync),
    ];

    private static Metadata Gzip => new() { { "grpc-internal-encoding-request", "gzip" } };

    private async Task LargeUnaryAsync()
    {
        var request = new SimpleRequest { ResponseSize = 314159, Payload = Body(271828) };
        var response = await _client.UnaryCallAsync(request);
        Equal(314159, response.Payload.Body.Length);
    }

    private async Task ClientStreamingAsync()
    {
        using var call = _client.StreamingInputCall();
        foreach (var size in (int[])[27182, 8, 1828, 45904])
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Body(size) });
        }

        await call.RequestStream.CompleteAsync();
        Equal(74922, (await call).AggregatedPayloadSize);
    }

    private async Task ServerStreamingAsync()
    {
        int[] sizes = [31415, 9, 2653, 58979];
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(sizes.Select(size => new ResponseParameters { Size = size }));
        using var call = _client.StreamingOutputCall(request);
        Equal(string.Join(' ', sizes), string.Join(' ', await SizesAsync(call.ResponseStream)));
    }

    private async Task PingPongAsync()
    {
        using var call = _client.FullDuplexCall();
        foreach (var (asked, sent) in ((int, int)[])[(31415, 27182), (9, 8), (2653, 1828), (58979, 45904)])
        {
            await call.RequestStream.WriteAsync(Ask(asked, sent));
            Equal(true, await call.ResponseStream.MoveNext(CancellationToken.None));
            Equal(asked, call.ResponseStream.Current.Payload.Body.Length);
        }

        await call.RequestStream.CompleteAsync();
        Equal(false, await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    private async Task EmptyStreamAsync()
    {
        using var call = _client.FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        Equal(false, await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    private async Task CancelAfterBeginAsync()
    {
        using var cancel = new CancellationTokenSource();
        using var call = _client.StreamingInputCall(cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, call.ResponseAsync);
    }

    private async Task CancelAfterFirstResponseAsync()
    {
        using var cancel = new CancellationTokenSource();
        using var call = _client.FullDuplexCall(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(Ask(31415, 27182));
        Equal(true, await call.ResponseStream.MoveNext(CancellationToken.None));
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, call.ResponseStream.MoveNext(CancellationToken.None));
    }

    private async Task TimeoutOnSleepingServerAsync()
    {
        var soon = TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(100);
        using var call = _client.FullDuplexCall(deadline: soon);
        await FailsAsync(StatusCode.DeadlineExceeded, call.ResponseStream.MoveNext(CancellationToken.None));
    }

    private async Task StatusAsync(string message)
    {
        var asked = new EchoStatus { Code = 2, Message = message };
        var request = new SimpleRequest { ResponseStatus = asked };
        await FailsAsync(StatusCode.Unknown, _client.UnaryCallAsync(request), message);
        using var call = _client.FullDuplexCall();
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = asked });
        await call.RequestStream.CompleteAsync();
        await FailsAsync(StatusCode.Unknown, call.ResponseStream.MoveNext(CancellationToken.None), message);
    }

    private async Task CustomMetadataAsync()
    {
        byte[] trailing = [0xab, 0xab, 0xab];
        var metadata = new Metadata
        {
            { "x-grpc-test-echo-initial", "test_initial_metadata_value" }, { "x-grpc-test-echo-trailing-bin", trailing },
        };
        var unary = _client.UnaryCallAsync(new SimpleRequest { ResponseSize = 1, Payload = Body(1) }, metadata);
        await unary;
        CheckEcho(await unary.ResponseHeadersAsync, unary.GetTrailers(), trailing);

        using var call = _client.FullDuplexCall(metadata);
        await call.RequestStream.WriteAsync(Ask(1, 1));
        await call.RequestStream.CompleteAsync();
        await SizesAsync(call.ResponseStream);
        CheckEcho(await call.ResponseHeadersAsync, call.GetTrailers(), trailing);
    }

    private async Task ClientCompressedUnaryAsync()
    {
        var request = new SimpleRequest { ExpectCompressed = true, ResponseSize = 314159, Payload = Body(271828) };
        Equal(314159, (await _client.UnaryCallAsync(request, Gzip)).Payload.Body.Length);
        request.ExpectCompressed = false;
        Equal(314159, (await _client.UnaryCallAsync(request)).Payload.Body.Length);
    }

    private async Task ServerCompressedUnaryAsync()
    {
        var request = new SimpleRequest { ResponseCompressed = true, ResponseSize = 314159, Payload = Body(271828) };
        var call = _client.UnaryCallAsync(request);
        Equal(314159, (await call).Payload.Body.Length);
        Equal("gzip", encoding.Last);
        request.ResponseCompressed = false;
        Equal(314159, (await _client.UnaryCallAsync(request)).Payload.Body.Length);
    }

    private async Task ClientCompressedStreamingAsync()
    {
        using var call = _client.StreamingInputCall(Gzip);
        await call.RequestStream.WriteAsync(
            new StreamingInputCallRequest { ExpectCompressed = true, Payload = Body(27182) });
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(
            new StreamingInputCallRequest { ExpectCompressed = false, Payload = Body(45904) });
        await call.RequestStream.CompleteAsync();
        Equal(73086, (await call).AggregatedPayloadSize);
    }

    private async Task ServerCompressedStreamingAsync()
    {
        var request = new StreamingOutputCallRequest
        {
            ResponseParameters =
            {
                new ResponseParameters { Size = 31415, Compressed = true },
                new ResponseParameters { Size = 92653, Compressed = false },
            },
        };
        using var call = _client.StreamingOutputCall(request);
        Equal("31415 92653", string.Join(' ', await SizesAsync(call.ResponseStream)));
        Equal("gzip", encoding.Last);
    }

    private static Task FailsAsync(StatusCode code, AsyncUnaryCall<Empty> call) => FailsAsync(code, call.ResponseAsync);

    private static async Task FailsAsync(StatusCode code, AsyncUnaryCall<SimpleResponse> call, string message) =>
        await FailsAsync(code, call.ResponseAsync, message);

    private static async Task FailsAsync(StatusCode code, Task call, string? message = null)
    {
        try
        {
            await call;
        }
        catch (RpcException exception)
        {
            Equal(code, exception.StatusCode);
            Equal(message ?? exception.Status.Detail, exception.Status.Detail);
            return;
        }

        throw new InvalidOperationException($"It was to fail with {code} and went well.");
    }

    private static async Task<List<int>> SizesAsync(IAsyncStreamReader<StreamingOutputCallResponse> responses)
    {
        var sizes = new List<int>();
        await foreach (var response in responses.ReadAllAsync())
        {
            sizes.Add(response.Payload.Body.Length);
        }

        return sizes;
    }

    private static void CheckEcho(Metadata headers, Metadata trailers, byte[] trailing)
    {
        Equal("test_initial_metadata_value", headers.GetValue("x-grpc-test-echo-initial"));
        var echoed = trailers.GetValueBytes("x-grpc-test-echo-trailing-bin") ?? [];
        Equal(Convert.ToHexString(trailing), Convert.ToHexString(echoed));
    }

    private static StreamingOutputCallRequest Ask(int size, int sent) => new()
    {
        ResponseParameters = { new ResponseParameters { Size = size } },
        Payload = Body(sent),
    };

    private static Payload Body(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static void Equal<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException($"{expected} was expected, {actual} came.");
        }
    }
}
