using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Generate;

/// <summary>A made-up record, ready to be written.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="ExternalKey">Its own key; null for persons, whom the node finds by their ID number.</param>
/// <param name="Payload">The kind's message.</param>
internal sealed record GeneratedRecord(string Kind, ExternalKey? ExternalKey, IMessage Payload);
