using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>An entry that is known to have been written, and from where.</summary>
/// <param name="Head">The entry.</param>
/// <param name="Source">Who says so, for people.</param>
internal sealed record KnownHead(AuditHead Head, string Source);
