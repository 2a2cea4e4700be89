using System.Net;

namespace Exchange.Node.Tests.Attacks;

/// <summary>A request's bytes, which are still being sent while an answer is read, as gRPC's clients do.</summary>
internal sealed class AttackBody(byte[] bytes) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        await stream.WriteAsync(bytes, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
