using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Status = Google.Rpc.Status;

namespace Exchange.Node.JsonDoor;

/// <summary>
/// The answers of a stream, one line of JSON each. A stream that fails after its first line ends with a line
/// <c>{"error": STATUS}</c>.
/// </summary>
internal sealed class JsonLines<T>(HttpContext http) : IServerStreamWriter<T>
    where T : class
{
    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, http.RequestAborted);

    public Task WriteAsync(T message, CancellationToken cancellationToken) =>
        LineAsync(ContractJson.Line((IMessage)message), cancellationToken);

    /// <summary>Ends the stream with what went wrong, also when that is that the caller may not go on.</summary>
    public Task FailAsync(Status status) => http.Response.HasStarted
        ? LineAsync($"{{ \"error\": {ContractJson.Line(status)} }}", CancellationToken.None)
        : JsonAnswers.FailAsync(http, status);

    private async Task LineAsync(string line, CancellationToken cancellationToken)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        }

        await http.Response.WriteAsync(line + "\n", cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }
}
