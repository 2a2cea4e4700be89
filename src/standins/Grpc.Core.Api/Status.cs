namespace Grpc.Core;

/// <summary>How a call ended: a code, and a text for people.</summary>
public struct Status
{
    /// <summary>Success, without a text. A field, because the runtime binds to a field.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancelled, without a text. A field, because the runtime binds to a field.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>Creates a status.</summary>
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null)
    {
    }

    /// <summary>Creates a status that also knows, on this side of the wire only, which exception led to it.</summary>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        Detail = detail;
        DebugException = debugException;
    }

    /// <summary>The outcome.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>A text for people; may be empty.</summary>
    public string Detail { get; }

    /// <summary>The local exception behind the status. Never sent.</summary>
    public Exception? DebugException { get; }

    /// <summary>Code and text, and the local exception when there is one.</summary>
    public override readonly string ToString()
    {
        var start = $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\"";
        return DebugException is null
            ? start + ")"
            : start + $", DebugException=\"{DebugException.GetType()}: {DebugException.Message}\")";
    }
}
