using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>What the chain is told about one commit.</summary>
/// <param name="epoch">The store's epoch.</param>
/// <param name="context">Who is at work.</param>
/// <param name="puts">The records that the commit writes.</param>
/// <param name="drafts">What else it is to be told.</param>
internal sealed class AuditNote(
    string epoch, AuditContext context, IReadOnlyList<RecordPut> puts, IReadOnlyList<AuditDraft> drafts)
{
    /// <summary>The store's epoch.</summary>
    public string Epoch => epoch;

    /// <summary>The chain's newest entry when this commit was noted; good once the commit was.</summary>
    public AuditHead? Head { get; set; }

    /// <summary>What to write, now that it is known what the puts did.</summary>
    public IEnumerable<AuditDraft> Drafts(IReadOnlyList<PutOutcome> outcomes)
    {
        if (puts.Count > 0)
        {
            var written = new AuditDraft(context, AuditRules.ActionOfWrites(context.Method));
            for (var i = 0; i < puts.Count; i++)
            {
                if (outcomes[i].Applied)
                {
                    written.Add(puts[i].Key, puts[i].IsTombstone);
                }
            }

            if (!written.IsEmpty)
            {
                yield return written;
            }
        }

        foreach (var draft in drafts)
        {
            yield return draft;
        }
    }
}
