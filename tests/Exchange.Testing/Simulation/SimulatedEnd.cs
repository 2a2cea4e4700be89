using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>One end of a simulated session: the session itself, what its node is doing for it, and the wires.</summary>
internal sealed class SimulatedEnd(
    ISimulatedNode node, SyncSession session, SimulatedWire inbound, SimulatedWire outbound, Func<SyncTime> now)
{
    private readonly List<SimulatedOperation> _operations = [];
    private bool _endTold;

    public ISimulatedNode Node { get; } = node;

    public SyncSession Session { get; } = session;

    public SimulatedWire Inbound { get; } = inbound;

    public SimulatedWire Outbound { get; } = outbound;

    /// <summary>Told every input, action and commit.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>Operations under way.</summary>
    public IReadOnlyList<SimulatedOperation> Operations => _operations;

    /// <summary>Where the session waits for the feed to move; null when it doesn't.</summary>
    public FeedCursor? WaitsBehind { get; private set; }

    /// <summary>How the session ended; null while it runs.</summary>
    public SyncAction? End { get; private set; }

    /// <summary>The node crashed in mid-session.</summary>
    public bool IsCrashed { get; private set; }

    public bool IsOver => End is not null || IsCrashed;

    /// <summary>Something is there to take from the wire: a frame, or the end of the stream.</summary>
    public bool CanReceive => !IsOver && (Inbound.Count > 0 || (Inbound.IsClosed && !_endTold));

    /// <summary>When something other than a heartbeat or a tick last happened.</summary>
    public TimeSpan MovedAt { get; private set; }

    /// <summary>Reports so far: both directions compared.</summary>
    public List<SyncProgress> Reports { get; } = [];

    /// <summary>Verdicts that this end gave.</summary>
    public List<SyncVerdict> Verdicts { get; } = [];

    public void Give(SyncInput input)
    {
        if (IsOver)
        {
            return;
        }

        if (!input.IsIdle)
        {
            MovedAt = now().Elapsed;
        }

        Trace?.Invoke($"{Node.Id} <- {input}");
        foreach (var action in Session.Handle(input, now()))
        {
            Trace?.Invoke($"{Node.Id} -> {action}");
            Do(action);
        }
    }

    public void Receive()
    {
        if (Inbound.Count == 0)
        {
            _endTold = true;
            Give(new SyncInput.StreamEnded());
        }
        else if (Inbound.Take() is { } frame)
        {
            Give(new SyncInput.FrameReceived(frame));
        }
    }

    public void Wake()
    {
        WaitsBehind = null;
        Give(new SyncInput.FeedMoved());
    }

    /// <summary>Takes an operation one step further: a commit, or its answer.</summary>
    public async Task AdvanceAsync(SimulatedOperation operation)
    {
        if (!operation.IsCommitted)
        {
            Trace?.Invoke($"{Node.Id} commits {operation.Action}");
            await CommitAsync(operation);
            return;
        }

        _operations.Remove(operation);
        Give(await operation.AnswerAsync());
    }

    /// <summary>What was under way will never be done.</summary>
    public void Forget() => _operations.Clear();

    public void Crash()
    {
        Trace?.Invoke($"{Node.Id} crashes");
        IsCrashed = true;
        Forget();
        Outbound.Cut();
    }

    /// <summary>After the end: what was under way is finished or given up, before another session may begin.</summary>
    public async Task SettleAsync(Random random)
    {
        foreach (var operation in _operations.ToList())
        {
            while (!operation.IsCommitted && !IsCrashed && random.Next(2) == 0)
            {
                Trace?.Invoke($"{Node.Id} commits late {operation.Action}");
                await CommitAsync(operation);
            }
        }

        _operations.Clear();
    }

    // A store that fails ends the session at once, as it does when sockets carry it.
    private async Task CommitAsync(SimulatedOperation operation)
    {
        try
        {
            await operation.CommitNextAsync();
        }
        catch (StoreUnavailableException)
        {
            Crash();
        }
    }

    private void Do(SyncAction action)
    {
        switch (action)
        {
            case SyncAction.Send send:
                if (send.Frame.FrameCase == SyncFrame.FrameOneofCase.Verdict)
                {
                    Verdicts.Add(send.Frame.Verdict);
                }

                Outbound.Write(send.Frame);
                break;
            case SyncAction.Report report:
                Reports.Add(report.Progress);
                break;
            case SyncAction.WaitForFeed wait:
                WaitsBehind = wait.After;
                break;
            case SyncAction.Fail or SyncAction.Finish:
                End = action;
                Outbound.Close();
                break;
            default:
                _operations.Add(Node.Start(action));
                break;
        }
    }
}
