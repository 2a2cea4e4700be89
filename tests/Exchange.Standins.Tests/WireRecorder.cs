namespace Exchange.Standins.Tests;

/// <summary>Stands between the client and the socket, and notes what the server sends.</summary>
internal sealed class WireRecorder() : DelegatingHandler(new SocketsHttpHandler())
{
    public Dictionary<string, string[]> ResponseHeaders { get; } = [];

    public int ReceivedBytes { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        foreach (var (name, values) in response.Headers)
        {
            ResponseHeaders[name] = [.. values];
        }

        // Loading the body leaves it readable for the client, because these tests make unary calls only.
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        ReceivedBytes = (int)(await response.Content.ReadAsStreamAsync(cancellationToken)).Length;
        return response;
    }
}
