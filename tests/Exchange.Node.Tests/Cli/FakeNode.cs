using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Status = Grpc.Core.Status;

namespace Exchange.Node.Tests.Cli;

/// <summary>A node that lives in the test: calls are answered by functions, and nothing touches a socket.</summary>
internal sealed class FakeNode : CallInvoker
{
    private readonly Dictionary<string, Func<IMessage, IMessage>> _unary = [];
    private readonly Dictionary<string, Func<IMessage, IAsyncEnumerable<IMessage>>> _streams = [];

    /// <summary>Answers a call with one response.</summary>
    public FakeNode On<TRequest>(string method, Func<TRequest, IMessage> answer)
        where TRequest : IMessage
    {
        _unary[method] = request => answer((TRequest)request);
        return this;
    }

    /// <summary>Answers a call with a stream of responses.</summary>
    public FakeNode OnStream<TRequest>(string method, Func<TRequest, IAsyncEnumerable<IMessage>> answer)
        where TRequest : IMessage
    {
        _streams[method] = request => answer((TRequest)request);
        return this;
    }

    /// <summary>A node with an identity, some records and one partner.</summary>
    public static FakeNode WithStatus() => new FakeNode()
        .On<GetNodeRequest>("GetNode", _ => new GetNodeResponse
        {
            Node = new V1.Node { Id = "zhaotong", Name = "昭通市", Software = "0.1.0", TestNode = true },
        })
        .On<GetStatusRequest>("GetStatus", _ => new GetStatusResponse
        {
            Engine = "sqlite",
            Epoch = "e1",
            Head = new FeedCursor { Epoch = "e1", Position = 1234 },
            Kinds = { new KindStatus { Kind = "worker", Live = 1000, Tombstones = 2 } },
            StartTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        })
        .On<ListPeersRequest>("ListPeers", _ => new ListPeersResponse
        {
            Peers =
            {
                new PeerStatus
                {
                    Node = "dongguan",
                    AgreementId = "zhaotong-dongguan",
                    AgreementVersion = 1,
                    WithheldCount = 990,
                },
            },
        })
        .On<GetCertificateRequest>("GetCertificate", _ => new GetCertificateResponse())
        .On<HealthCheckRequest>("Check", _ => new HealthCheckResponse
        {
            Status = HealthCheckResponse.Types.ServingStatus.Serving,
        });

    /// <summary>What the node of the product sends for a failure.</summary>
    public static RpcException Failure(
        StatusCode code, string reason, string message, params (string Field, string Text)[] fields)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.Add(Any.Pack(new ErrorInfo { Reason = reason, Domain = "exchange.example.org" }));
        if (fields.Length > 0)
        {
            var bad = new BadRequest();
            bad.FieldViolations.AddRange(fields.Select(field =>
                new BadRequest.Types.FieldViolation { Field = field.Field, Description = field.Text }));
            status.Details.Add(Any.Pack(bad));
        }

        return new RpcException(
            new Status(code, message), new Metadata { { "grpc-status-details-bin", status.ToByteArray() } });
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new(
            AnswerAsync<TResponse>(method.Name, (IMessage)(object)request, options.CancellationToken),
            Task.FromResult(new Metadata()),
            () => Status.DefaultSuccess,
            () => [],
            () => { });

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new(
            new Reader<TResponse>(_streams[method.Name]((IMessage)(object)request), options.CancellationToken),
            Task.FromResult(new Metadata()),
            () => Status.DefaultSuccess,
            () => [],
            () => { });

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException();

    private async Task<TResponse> AnswerAsync<TResponse>(
        string method, IMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return (TResponse)_unary[method](request);
    }

    private sealed class Reader<T>(IAsyncEnumerable<IMessage> messages, CancellationToken cancellationToken)
        : IAsyncStreamReader<T>
    {
        private readonly IAsyncEnumerator<IMessage> _messages = messages.GetAsyncEnumerator(cancellationToken);

        public T Current => (T)_messages.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken) => await _messages.MoveNextAsync();
    }
}
