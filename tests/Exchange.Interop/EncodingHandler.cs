namespace Exchange.Interop;

/// <summary>Tells how the last answer may be compressed: the client keeps that from its caller.</summary>
internal sealed class EncodingHandler() : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>The header grpc-encoding of the last answer; empty when it had none.</summary>
    public string Last { get; private set; } = "";

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        Last = response.Headers.TryGetValues("grpc-encoding", out var values) ? values.Single() : "";
        return response;
    }
}
