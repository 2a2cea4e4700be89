using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>Looks into stored envelopes without parsing them: what every record of a page is asked.</summary>
internal static class StoredEnvelope
{
    /// <summary>The id of the record's home node, in UTF-8.</summary>
    public static ReadOnlySpan<byte> HomeNode(StoredRecord stored)
    {
        var bytes = stored.Envelope.Span;
        if (bytes.IsEmpty)
        {
            return default;
        }

        // Behind a byte of length and the digest item: see RecordCodec.
        var fields = new WireScanner(bytes[(1 + bytes[0])..]);
        while (fields.Next())
        {
            if (fields.Number == Record.HomeNodeFieldNumber && fields.Type == WireFormat.WireType.LengthDelimited)
            {
                return fields.Value;
            }
        }

        return default;
    }
}
