using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Disclosures;

/// <summary>What one partner was given of a subject's records.</summary>
/// <param name="Peer">The partner.</param>
/// <param name="Told">What is answered about it.</param>
/// <param name="Records">Each record, with its part of the answer.</param>
internal sealed record PartnerDisclosures(
    SyncPeer Peer, DisclosurePartner Told, IReadOnlyList<Disclosed> Records);

/// <summary>One record that a partner was given.</summary>
/// <param name="Key">The record.</param>
/// <param name="Row">What the register says.</param>
/// <param name="Told">What is answered about it.</param>
internal sealed record Disclosed(RecordKey Key, DisclosureRow Row, DisclosedRecord Told);
