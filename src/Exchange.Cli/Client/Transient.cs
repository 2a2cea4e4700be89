using Grpc.Core;

namespace Exchange.Cli.Client;

/// <summary>Tells a cut line from a refusal.</summary>
internal static class Transient
{
    /// <summary>The call may succeed when it is made again.</summary>
    public static bool Is(RpcException exception) => exception.StatusCode switch
    {
        StatusCode.Unavailable => true,

        // A connection that breaks in the middle of a stream shows as one of these, with the socket's exception inside.
        StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled =>
            exception.Status.DebugException is IOException or HttpRequestException,
        _ => false,
    };
}
