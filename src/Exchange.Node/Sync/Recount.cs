using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>A digest counted anew from what is stored, and what was found on the way.</summary>
/// <param name="Digest">The digest, with buckets.</param>
/// <param name="Mended">What was set right at once, or is queued to be sent again.</param>
/// <param name="Lasting">What only a person can mend.</param>
/// <param name="IsQueued">Records wait to be sent again.</param>
internal sealed record Recount(SyncDigest Digest, SyncRepairs Mended, SyncRepairs Lasting, bool IsQueued);

/// <summary>What came of holding a page of what the peer holds against the register.</summary>
/// <param name="Mended">What is queued to be sent again or taken back.</param>
/// <param name="Refused">What neither would mend.</param>
/// <param name="Next">Where to go on within the same page; null when all of it was compared.</param>
internal sealed record Comparison(SyncRepairs Mended, SyncRepairs Refused, ReadOnlyMemory<byte>? Next);
