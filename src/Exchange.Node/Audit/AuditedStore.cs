using Exchange.Store;

namespace Exchange.Node.Audit;

/// <summary>
/// The node's store: notes in the audit chain what every commit means, without its callers having to.
/// </summary>
internal sealed class AuditedStore(IRecordStore inner, AuditTrail trail) : DelegatingStore(inner)
{
    public override async Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        var context = trail.Context;
        var drafts = AuditRules.Read(context, commit.Entries);
        if (commit.Puts.Count == 0 && drafts.Count == 0)
        {
            return await Inner.CommitAsync(commit, cancellationToken);
        }

        var note = new AuditNote(Inner.Epoch.ToString(), context, commit.Puts, drafts);
        var result = await Inner.CommitAsync(commit with { Note = note }, cancellationToken);
        trail.Wrote(note);
        return result;
    }
}
