using System.Buffers.Text;

namespace Exchange.Node.Records;

/// <summary>Bytes as URL-safe text, for tokens that callers send back as they got them.</summary>
internal static class OpaqueToken
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Returns null for text that was never made by <see cref="Encode"/>.</summary>
    public static byte[]? Decode(string text)
    {
        if (!Base64Url.IsValid(text))
        {
            return null;
        }

        return Base64Url.DecodeFromChars(text);
    }
}
