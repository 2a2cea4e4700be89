using Exchange.V1;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// What a receiver that doesn't look at <c>from</c> would do: loses a batch now and then, and takes the next one as if
/// nothing had been between. Sits on the wire of "left", because the real session refuses to.
/// </summary>
internal sealed class GapAcceptingReceiver(Random random)
{
    private ulong _missing;
    private FeedCursor? _from;

    public SyncFrame? Tamper(string sender, SyncFrame frame)
    {
        switch (frame.FrameCase)
        {
            case SyncFrame.FrameOneofCase.Hello:
                _missing = 0;
                _from = null;
                return frame;
            case SyncFrame.FrameOneofCase.Batch when sender == "left":
                return TakeBatch(frame);
            case SyncFrame.FrameOneofCase.Ack when sender == "right":
                frame.Ack.Sequence += _missing;
                return frame;
            default:
                return frame;
        }
    }

    private SyncFrame? TakeBatch(SyncFrame frame)
    {
        if (random.Next(5) == 0)
        {
            _missing++;
            _from ??= frame.Batch.From;
            return null;
        }

        frame.Batch.Sequence -= _missing;
        frame.Batch.From = _from ?? frame.Batch.From;
        _from = null;
        return frame;
    }
}
