using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Events;

/// <summary>Named campaigns: found by the division that runs them, and by the document that orders them.</summary>
internal sealed class CampaignKind() : PlainKind<Campaign>("campaign");
