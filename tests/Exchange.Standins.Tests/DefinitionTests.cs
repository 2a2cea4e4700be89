using Exchange.Standins.Tests.Wire;
using Grpc.Core;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class DefinitionTests
{
    [Fact]
    public void A_method_knows_its_path_and_its_kind()
    {
        var method = Define(MethodType.ServerStreaming, "exchange.v1.Feed", "Watch");

        Assert.Equal("/exchange.v1.Feed/Watch", method.FullName);
        Assert.Equal(MethodType.ServerStreaming, method.Type);
    }

    [Fact]
    public void Texts_are_marshalled_as_utf_8()
    {
        var bytes = Marshallers.StringMarshaller.Serializer("工人");

        Assert.Equal("工人"u8.ToArray(), bytes);
        Assert.Equal("工人", Marshallers.StringMarshaller.Deserializer(bytes));
    }

    [Fact]
    public async Task A_definition_made_by_hand_is_served()
    {
        var upper = Define(MethodType.Unary, "hand.made", "Upper");
        var split = Define(MethodType.ServerStreaming, "hand.made", "Split");
        var definition = ServerServiceDefinition.CreateBuilder()
            .AddMethod(upper, (request, _) => Task.FromResult(request.ToUpperInvariant()))
            .AddMethod(split, (request, responses, _) => responses.WriteAsync(request[..1]))
            .Build();
        await using var server = await ProbeServer.StartAsync(alsoServes: definition);
        var invoker = server.Channel.CreateCallInvoker();

        Assert.Equal("WORKER", await invoker.AsyncUnaryCall(upper, null, default, "worker"));
        using var call = invoker.AsyncServerStreamingCall(split, null, default, "worker");
        Assert.Equal(["w"], await call.ResponseStream.ReadAllAsync().ToListAsync());
    }

    [Fact]
    public void Generated_code_hands_every_method_to_the_binder()
    {
        var binder = new RecordingBinder();

        Probe.BindService(binder, new ProbeService(new ProbeLog()));

        Assert.Equal(Probe.Descriptor.Methods.Select(method => method.Name), binder.Methods);
    }

    [Fact]
    public void A_method_is_defined_once_only()
    {
        var method = Define(MethodType.Unary, "service", "Method");
        var builder = ServerServiceDefinition.CreateBuilder()
            .AddMethod(method, (request, _) => Task.FromResult(request));

        Assert.Throws<ArgumentException>(
            () => builder.AddMethod(method, (request, _) => Task.FromResult(request)));
    }

    [Fact]
    public void Options_are_changed_one_by_one_and_the_others_stay()
    {
        using var cancellation = new CancellationTokenSource();
        var headers = new Metadata();
        var before = new CallOptions(headers, DateTime.UnixEpoch);

        var after = before.WithCancellationToken(cancellation.Token).WithWaitForReady();

        Assert.Same(headers, after.Headers);
        Assert.Equal(DateTime.UnixEpoch, after.Deadline);
        Assert.Equal(cancellation.Token, after.CancellationToken);
        Assert.True(after.IsWaitForReady);
        Assert.False(before.IsWaitForReady);
    }

    private static Method<string, string> Define(MethodType type, string service, string name) =>
        new(type, service, name, Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    private sealed class RecordingBinder : ServiceBinderBase
    {
        public List<string> Methods { get; } = [];

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            Methods.Add(method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
            Methods.Add(method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            Methods.Add(method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
            Methods.Add(method.Name);
    }
}
