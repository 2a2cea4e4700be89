using Exchange.Node.Errors;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;

namespace Exchange.Node.JsonDoor;

/// <summary>Takes the handlers of one service as gRPC would, and makes those with a rule callable as JSON.</summary>
internal sealed class JsonBinder(
    ServiceDescriptor service, IReadOnlyList<Interceptor> interceptors, TimeProvider time) : ServiceBinderBase
{
    /// <summary>Longest time of a call that isn't a stream: HTTP has no deadlines that a caller could set.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>What was taken: the rule, the rpc, and what answers.</summary>
    public List<(JsonRule Rule, IMethod Method, RequestDelegate Answer)> Routes { get; } = [];

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        if (Find(method) is not { Rule: { } rule } found)
        {
            return;
        }

        var guarded = interceptors.Reverse().Aggregate(
            handler!, (next, interceptor) => (request, call) => interceptor.UnaryServerHandler(request, call, next));
        Routes.Add((rule, method, async http =>
        {
            using var late = new CancellationTokenSource(Deadline, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, http.RequestAborted);
            try
            {
                var request = await JsonRequests.ReadAsync(http, rule, found.Descriptor.InputType);
                var call = new JsonCall(
                    http, method.FullName, time.GetUtcNow().UtcDateTime + Deadline, either.Token);
                await JsonAnswers.WriteAsync(http, (IMessage)await guarded((TRequest)request, call));
            }
            catch (ExchangeException exception)
            {
                await JsonAnswers.FailAsync(http, ErrorStatus.ToStatus(exception));
            }
            catch (RpcException) when (late.IsCancellationRequested)
            {
                await JsonAnswers.FailAsync(http, ErrorStatus.ToStatus(new ExchangeException(
                    StatusCode.DeadlineExceeded, ErrorReason.DeadlineExceeded, "The call took too long.")));
            }
            catch (RpcException exception)
            {
                await JsonAnswers.FailAsync(http, JsonAnswers.StatusOf(exception));
            }
        }
        ));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        if (Find(method) is not { Rule: { } rule } found)
        {
            return;
        }

        var guarded = interceptors.Reverse().Aggregate(
            handler!,
            (next, interceptor) => (request, lines, call) =>
                interceptor.ServerStreamingServerHandler(request, lines, call, next));
        Routes.Add((rule, method, async http =>
        {
            var lines = new JsonLines<TResponse>(http);
            try
            {
                var request = await JsonRequests.ReadAsync(http, rule, found.Descriptor.InputType);
                var call = new JsonCall(http, method.FullName, DateTime.MaxValue, http.RequestAborted);
                await guarded((TRequest)request, lines, call);
            }
            catch (ExchangeException exception)
            {
                await lines.FailAsync(ErrorStatus.ToStatus(exception));
            }
            catch (RpcException exception)
            {
                await lines.FailAsync(JsonAnswers.StatusOf(exception));
            }
        }
        ));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        // Nobody can stream over HTTP/1.1 and read answers meanwhile.
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        // The same.
    }

    private (JsonRule? Rule, MethodDescriptor Descriptor) Find(IMethod method)
    {
        var descriptor = service.FindMethodByName(method.Name);
        return (JsonRule.Of(descriptor), descriptor);
    }
}
