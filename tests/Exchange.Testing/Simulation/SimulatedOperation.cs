using Exchange.Node.Sync;

namespace Exchange.Testing.Simulation;

/// <summary>
/// Something that a node does for its session: commits, one step after the other, then an answer. A crash may come
/// before, between and after the steps; what was committed stays, the rest and the answer are lost.
/// </summary>
internal sealed class SimulatedOperation(SyncAction action, Func<Task<SyncInput>> answer, params Func<Task>[] commits)
{
    private readonly Queue<Func<Task>> _commits = new(commits);

    /// <summary>What the session asked for.</summary>
    public SyncAction Action { get; } = action;

    /// <summary>All is committed; only the answer is still to be given.</summary>
    public bool IsCommitted => _commits.Count == 0;

    public Task CommitNextAsync() => _commits.Dequeue()();

    public Task<SyncInput> AnswerAsync() => answer();

    /// <summary>An operation that commits once.</summary>
    public static SimulatedOperation Of(SyncAction action, Action commit, Func<SyncInput> answer) =>
        new(action, () => Task.FromResult(answer()), () =>
        {
            commit();
            return Task.CompletedTask;
        });
}
