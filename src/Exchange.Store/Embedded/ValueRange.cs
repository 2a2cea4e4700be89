using System.Text;

namespace Exchange.Store.Embedded;

/// <summary>Where a query by an index begins and ends, in the order of (value, id) bytes.</summary>
internal static class ValueRange
{
    /// <summary>Returns the pair behind which the query begins, and the value before which it ends.</summary>
    public static ((byte[] Value, byte[] Id) From, byte[] End) Of(RecordQuery query)
    {
        var value = Encoding.UTF8.GetBytes(query.Value);

        // No bytes come before every id.
        var from = (value, Array.Empty<byte>());
        if (query.After is { } cursor && Encoding.UTF8.GetBytes(cursor.Value) is var last
            && last.AsSpan().SequenceCompareTo(value) >= 0)
        {
            from = (last, cursor.Id.ToByteArray(bigEndian: true));
        }

        return (from, query.IsPrefix ? BehindPrefix(value) : [.. value, 0]);
    }

    // 0xff and 0xfe occur in no UTF-8 text: the first ends every text, and adding one to a byte of a text never
    // overflows.
    private static byte[] BehindPrefix(byte[] prefix) =>
        prefix.Length == 0 ? [0xff] : [.. prefix[..^1], (byte)(prefix[^1] + 1)];
}
