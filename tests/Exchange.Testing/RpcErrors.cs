using Google.Rpc;
using Grpc.Core;

namespace Exchange.Testing;

/// <summary>Reads the typed details of a failed call.</summary>
internal static class RpcErrors
{
    public static string Reason(this RpcException error) => error.Info().Reason;

    public static string Reason(this Google.Rpc.Status status) => status.Details[0].Unpack<ErrorInfo>().Reason;

    public static ErrorInfo Info(this RpcException error)
    {
        var details = error.Trailers.GetValueBytes("grpc-status-details-bin")
            ?? throw new InvalidOperationException($"The call failed without details: {error.Status}");
        return Google.Rpc.Status.Parser.ParseFrom(details).Details[0].Unpack<ErrorInfo>();
    }
}
