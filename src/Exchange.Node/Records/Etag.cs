using System.Globalization;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Records;

/// <summary>A version as text. Callers compare it for equality only.</summary>
internal static class Etag
{
    public static string Format(RecordVersion version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version.Clock:x16}-{version.Node}");

    /// <summary>Reads an etag that this or another node made.</summary>
    public static bool TryParse(string etag, out RecordVersion version)
    {
        version = default;
        if (etag.Length < 18 || etag[16] != '-'
            || !ulong.TryParse(
                etag.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var clock))
        {
            return false;
        }

        version = new RecordVersion(clock, etag[17..]);
        return true;
    }
}
