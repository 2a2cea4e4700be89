using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Records;

/// <summary>Tells which items of a stream may be about the same record, so that these are written in order.</summary>
internal sealed class ItemNames(RecordKinds kinds, IPersonTokens tokens)
{
    /// <summary>
    /// How an item names its record. Null when it can only create a new one or can't be read; the item's own answer
    /// will say so.
    /// </summary>
    public ItemName? Of(PutRecordItem item)
    {
        var record = item.Record;
        if (record is null || kinds.Find(record.Kind) is not { } kind)
        {
            return null;
        }

        if (record.Id.Length > 0)
        {
            return new ItemName(kind.Name, "id", record.Id.ToLowerInvariant());
        }

        if (record.ExternalKey is { } external)
        {
            return new ItemName(kind.Name, IndexNames.External, $"{external.Source}:{external.SourceId}");
        }

        try
        {
            var payload = kind.Parse(record.Payload?.Value ?? ByteString.Empty);
            var unique = kind.Describe(Guid.Empty, payload, tokens).Keys.FirstOrDefault(key => key.Unique);
            return unique.Name is null ? null : new ItemName(kind.Name, unique.Name, unique.Value);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}

/// <summary>How an item names its record.</summary>
/// <param name="Kind">The record's kind.</param>
/// <param name="By">By which of its keys; names by different keys may mean the same record.</param>
/// <param name="Value">The key's value.</param>
internal readonly record struct ItemName(string Kind, string By, string Value);
