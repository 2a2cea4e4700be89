using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>One direction of a stream. A hostile one loses, repeats and reorders frames; any may be cut.</summary>
internal sealed class SimulatedWire(Random random, int hostility)
{
    private readonly List<SyncFrame> _frames = [];

    /// <summary>The writer will write nothing more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Frames under way.</summary>
    public int Count => _frames.Count;

    /// <summary>
    /// Looks at frames on their way and may change them; for faults on purpose. Null drops the frame.
    /// </summary>
    public Func<SyncFrame, SyncFrame?>? Tamper { get; set; }

    public void Write(SyncFrame frame)
    {
        if (IsClosed)
        {
            return;
        }

        // A copy, as a wire makes one: what the sender changes afterwards doesn't arrive.
        var copy = frame.Clone();
        copy = Tamper is null ? copy : Tamper(copy);
        if (copy is null)
        {
            return;
        }

        _frames.Add(copy);
        if (Strikes())
        {
            _frames.Add(copy.Clone());
        }
    }

    /// <summary>Takes the next frame; null when it was lost.</summary>
    public SyncFrame? Take()
    {
        var index = Strikes() ? random.Next(_frames.Count) : 0;
        var frame = _frames[index];
        _frames.RemoveAt(index);
        return Strikes() ? null : frame;
    }

    /// <summary>Ends the direction; frames under way still arrive.</summary>
    public void Close() => IsClosed = true;

    /// <summary>Ends the direction; of the frames under way, the first few still arrive.</summary>
    public void Cut()
    {
        IsClosed = true;
        var kept = random.Next(_frames.Count + 1);
        _frames.RemoveRange(kept, _frames.Count - kept);
    }

    private bool Strikes() => hostility > 0 && random.Next(100) < hostility;
}
