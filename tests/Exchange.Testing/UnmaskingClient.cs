using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Exchange.Testing;

/// <summary>Reads in the clear: most tests are about what a node holds, and not about how it is shown.</summary>
internal sealed class UnmaskingClient : Interceptor
{
    /// <summary>What it says it reads for.</summary>
    public const string Purpose = "a test";

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => continuation(Unmasking(request), context);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(Unmasking(request), context);

    private static TRequest Unmasking<TRequest>(TRequest request)
        where TRequest : class
    {
        switch (request)
        {
            case GetRecordRequest { UnmaskPurpose: "" } get:
                return (TRequest)(object)new GetRecordRequest(get) { UnmaskPurpose = Purpose };
            case ListRecordsRequest { UnmaskPurpose: "" } list:
                return (TRequest)(object)new ListRecordsRequest(list) { UnmaskPurpose = Purpose };
            case WatchRecordsRequest { UnmaskPurpose: "" } watch:
                return (TRequest)(object)new WatchRecordsRequest(watch) { UnmaskPurpose = Purpose };
            case GetPlacementRequest { UnmaskPurpose: "" } get:
                return (TRequest)(object)new GetPlacementRequest(get) { UnmaskPurpose = Purpose };
            case ListPlacementsRequest { UnmaskPurpose: "" } list:
                return (TRequest)(object)new ListPlacementsRequest(list) { UnmaskPurpose = Purpose };
            case WatchPlacementsRequest { UnmaskPurpose: "" } watch:
                return (TRequest)(object)new WatchPlacementsRequest(watch) { UnmaskPurpose = Purpose };
            default:
                return request;
        }
    }
}
