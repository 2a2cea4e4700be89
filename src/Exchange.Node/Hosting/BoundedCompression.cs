using System.IO.Compression;
using Exchange.Node.Errors;
using Grpc.Net.Compression;

namespace Exchange.Node.Hosting;

/// <summary>
/// A compression whose messages get no larger than messages may be: a megabyte can be a gigabyte of nothing.
/// </summary>
internal sealed class BoundedCompression(ICompressionProvider inner) : ICompressionProvider
{
    public string EncodingName => inner.EncodingName;

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        inner.CreateCompressionStream(stream, compressionLevel);

    public Stream CreateDecompressionStream(Stream stream) => new Bounded(inner.CreateDecompressionStream(stream));

    /// <summary>Reads on until there is too much.</summary>
    private sealed class Bounded(Stream inner) : ReadOnlyStream
    {
        private long _left = MessageSizes.MaxBytes;

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            _left -= read;
            return _left >= 0 ? read : throw ErrorStatus.ToRpc(FrameworkErrors.TooLarge());
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
