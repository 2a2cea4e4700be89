using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>
/// Writes entries that belong to no other commit, such as those of reads, and knows who is at work: told once at the
/// top of a call, a session or a task, it flows to every commit below.
/// </summary>
internal sealed class AuditTrail(IRecordStore store)
{
    private readonly AsyncLocal<AuditContext?> _context = new();
    private AuditHead? _head;

    /// <summary>Who is at work here; the node itself where nobody else is.</summary>
    public AuditContext Context => _context.Value ?? AuditContext.System;

    /// <summary>The newest entry that this process knows to be durable; null before its first.</summary>
    public AuditHead? Head => Volatile.Read(ref _head);

    /// <summary>Says who is at work from here on, until it is disposed.</summary>
    public IDisposable Enter(AuditContext context)
    {
        var before = _context.Value;
        _context.Value = context;
        return new Exit(this, before);
    }

    /// <summary>Writes an entry; it is durable when the task completes.</summary>
    /// <exception cref="StoreException">It couldn't be written: what it tells of must not happen.</exception>
    public async Task<AuditHead> WriteAsync(AuditDraft draft, CancellationToken cancellationToken)
    {
        var note = new AuditNote(store.Epoch.ToString(), Context, [], [draft]);
        await store.CommitAsync(new Commit { Note = note }, cancellationToken);
        Wrote(note);
        return note.Head ?? throw new InvalidOperationException("The store was opened without the audit chain's seal.");
    }

    /// <summary>Takes note of an entry that has become durable.</summary>
    public void Wrote(AuditNote note)
    {
        // Callers hear of their commits in any order.
        for (var known = Head;
            note.Head is { Sequence: > 0 } head && (known is null || known.Sequence < head.Sequence);)
        {
            var met = Interlocked.CompareExchange(ref _head, head, known);
            if (ReferenceEquals(met, known))
            {
                return;
            }

            known = met;
        }
    }

    private sealed class Exit(AuditTrail trail, AuditContext? before) : IDisposable
    {
        public void Dispose() => trail._context.Value = before;
    }
}
