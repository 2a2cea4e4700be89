using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Imports;

/// <summary>A record that a row asks to be written.</summary>
/// <param name="Kind">The record's kind.</param>
/// <param name="ExternalKey">The row's own key, by which the node finds the record; null where it finds it by
/// person.</param>
/// <param name="Payload">The kind's message.</param>
/// <param name="References">Records that the row names by their keys, whose ids the node puts into the payload.</param>
internal sealed record ImportDraft(
    string Kind, ExternalKey? ExternalKey, IMessage Payload, IReadOnlyList<RecordReference> References);
