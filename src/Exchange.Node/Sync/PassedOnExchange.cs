using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// The part of a session that tells a record's home to whom a hub passed it on: one report at a time, answered once it
/// is durable. A partner that knows no such reports doesn't answer, and nothing waits for it.
/// </summary>
internal sealed class PassedOnExchange(List<SyncAction> actions)
{
    private SyncPassedOn? _waiting;
    private ulong _open;
    private ulong _received;
    private bool _hasBegun;
    private int _storing;

    /// <summary>A report of the peer is being stored: no receipt is made before its answer is out.</summary>
    public bool IsBusy => _storing > 0;

    public void Begin()
    {
        _hasBegun = true;
        Tell();
    }

    /// <summary>Takes what is to be told next, or that the peer's report is stored.</summary>
    public void Take(SyncInput input)
    {
        if (input is SyncInput.PassedOnStored stored)
        {
            _storing--;
            Send(new SyncPassedOn { Stored = stored.Report.Number });
            return;
        }

        _waiting = ((SyncInput.PassedOnRead)input).Report ?? _waiting;
        Tell();
    }

    public SyncFailure? Received(SyncPassedOn frame)
    {
        if (frame.Stored != 0)
        {
            if (frame.Stored == _open)
            {
                _open = 0;
                actions.Add(new SyncAction.ConfirmPassedOn(frame.Stored));
            }

            return null;
        }

        if (frame.Items.Count > PassedOnReports.MaxItems || frame.Number != _received + 1)
        {
            return frame.Number <= _received && frame.Number > 0
                ? null
                : SyncFailure.Protocol($"report {frame.Number} of what was passed on doesn't fit");
        }

        _received = frame.Number;
        _storing++;
        actions.Add(new SyncAction.StorePassedOn(frame));
        return null;
    }

    private void Tell()
    {
        if (_hasBegun && _waiting is { } report)
        {
            (_waiting, _open) = (null, report.Number);
            Send(report);
        }
    }

    private void Send(SyncPassedOn report) =>
        actions.Add(new SyncAction.Send(new SyncFrame { PassedOn = report }));
}
