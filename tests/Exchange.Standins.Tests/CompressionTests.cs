using System.IO.Compression;
using Grpc.Net.Compression;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class CompressionTests
{
    private static readonly byte[] Plain = "工人 工人 工人"u8.ToArray();

    [Fact]
    public void Gzip_is_readable_as_gzip() =>
        Check(
            new GzipCompressionProvider(CompressionLevel.Fastest),
            "gzip",
            packed => new GZipStream(packed, CompressionMode.Decompress));

    [Fact]
    public void Deflate_is_readable_as_zlib() =>
        Check(
            new DeflateCompressionProvider(CompressionLevel.Fastest),
            "deflate",
            packed => new ZLibStream(packed, CompressionMode.Decompress));

    [Fact]
    public void The_level_of_the_call_goes_before_that_of_the_provider()
    {
        var provider = new GzipCompressionProvider(CompressionLevel.SmallestSize);

        Assert.InRange(Compress(provider, null, new byte[10_000]).Length, 1, 1_000);
        Assert.InRange(Compress(provider, CompressionLevel.NoCompression, new byte[10_000]).Length, 10_000, 11_000);
    }

    private static void Check(ICompressionProvider provider, string name, Func<Stream, Stream> reader)
    {
        var packed = Compress(provider, null, Plain);

        Assert.Equal(name, provider.EncodingName);
        Assert.Equal(Plain, ReadAll(reader(packed)));
        packed.Position = 0;
        Assert.Equal(Plain, ReadAll(provider.CreateDecompressionStream(packed)));
        Assert.True(packed.CanRead);
    }

    private static MemoryStream Compress(ICompressionProvider provider, CompressionLevel? level, byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var writer = provider.CreateCompressionStream(packed, level))
        {
            writer.Write(bytes);
        }

        packed.Position = 0;
        return packed;
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
