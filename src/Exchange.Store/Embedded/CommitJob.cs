namespace Exchange.Store.Embedded;

/// <summary>A commit on its way to the writer.</summary>
internal sealed class CommitJob : WriteJob<CommitResult>
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;

    private readonly Commit _commit;
    private readonly string _node;
    private int _turn;

    public CommitJob(Commit commit, string node)
    {
        _commit = commit;
        _node = node;
        Weight = 1 + commit.Puts.Count + commit.Replacements.Count + commit.Entries.Count;
        foreach (var put in commit.Puts)
        {
            Bytes += put.Envelope.Length + put.Payload.Length;
        }

        foreach (var replacement in commit.Replacements)
        {
            Bytes += replacement.Payload.Length;
        }

        foreach (var entry in commit.Entries)
        {
            Bytes += entry.Value?.Length ?? 0;
        }
    }

    public override int Weight { get; }

    public override long Bytes { get; }

    public override bool TryTake() => Interlocked.CompareExchange(ref _turn, Taken, Waiting) == Waiting;

    /// <summary>Takes the commit back if its turn hasn't come; afterwards its outcome is awaited.</summary>
    public void GiveUp(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _turn, Cancelled, Waiting) == Waiting)
        {
            Cancel(cancellationToken);
        }
    }

    protected override CommitResult? Run(WriteContext context, out Exception? rejection)
    {
        if (_commit.Request is { } request && RequestLog.Find(context, request, out rejection) is var known
            && (known is not null || rejection is not null))
        {
            return known;
        }

        var plan = new CommitPlan(context, _commit, _node);
        rejection = plan.Prepare();
        if (rejection is not null)
        {
            return null;
        }

        var result = plan.Apply();
        if (_commit.Note is { } note)
        {
            context.Noted.Add(new NotedCommit(note, result.Puts));
        }

        if (_commit.Request is { } first)
        {
            RequestLog.Add(context, first, result);
        }

        return result;
    }
}
