using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Exchange.Node.JsonDoor;

/// <summary>What a handler knows of a call over HTTP/1.1; it can't tell it from one over gRPC.</summary>
internal sealed class JsonCall : ServerCallContext
{
    // Where the framework's own GetHttpContext looks.
    private const string HttpContextKey = "__HttpContext";

    private readonly HttpContext _http;
    private readonly string _method;
    private readonly CancellationToken _cancellation;
    private readonly DateTime _deadline;

    public JsonCall(HttpContext http, string method, DateTime deadline, CancellationToken cancellation)
    {
        (_http, _method, _deadline, _cancellation) = (http, method, deadline, cancellation);
        UserState[HttpContextKey] = http;
        RequestHeadersCore = [];
        foreach (var header in http.Request.Headers.Where(header => !header.Key.StartsWith(':')))
        {
            foreach (var value in header.Value.OfType<string>())
            {
                Add(header.Key.ToLowerInvariant(), value);
            }
        }
    }

    protected override string MethodCore => _method;

    protected override string HostCore => _http.Request.Host.Value ?? "";

    protected override string PeerCore => $"ipv4:{_http.Connection.RemoteIpAddress}:{_http.Connection.RemotePort}";

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore { get; }

    protected override CancellationToken CancellationTokenCore => _cancellation;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(null, []);

    protected override IDictionary<object, object> UserStateCore { get; } = new Dictionary<object, object>();

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Calls aren't made on behalf of others.");

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

    private void Add(string key, string value)
    {
        try
        {
            RequestHeadersCore.Add(key, value);
        }
        catch (ArgumentException)
        {
            // No gRPC metadata has such a name or value, and no handler asks for it.
        }
    }
}
