using System.Collections.Concurrent;
using System.Text;

namespace Exchange.Harness.Nodes;

/// <summary>
/// Reads what crosses the line between the nodes: whole ID numbers, which may never cross, and a text that always does, so
/// that a tap which can't read is noticed.
/// </summary>
internal sealed class WireTap
{
    private const int IdNumberLength = 18;

    private readonly ConcurrentDictionary<string, byte> _seen = new();
    private readonly byte[] _control;
    private long _controls;

    public WireTap(string control) => _control = Encoding.UTF8.GetBytes(control);

    /// <summary>Every ID number that crossed.</summary>
    public IReadOnlyList<string> IdNumbers => [.. _seen.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How often the text that crosses was seen.</summary>
    public long Controls => Interlocked.Read(ref _controls);

    /// <summary>Begins to read one way of a connection.</summary>
    public Action<ReadOnlyMemory<byte>> Open()
    {
        // What may be the beginning of something is looked at again with what follows.
        var kept = Array.Empty<byte>();
        var overlap = Math.Max(IdNumberLength, _control.Length) - 1;
        return piece =>
        {
            byte[] bytes = [.. kept, .. piece.Span];
            Read(bytes, kept.Length);
            kept = bytes[Math.Max(0, bytes.Length - overlap)..];
        };
    }

    private void Read(byte[] bytes, int old)
    {
        for (var at = 0; at <= bytes.Length - IdNumberLength; at++)
        {
            var text = bytes.AsSpan(at, IdNumberLength);
            if (text[..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                continue;
            }

            if (text[^1] is (>= (byte)'0' and <= (byte)'9') or (byte)'X')
            {
                _seen.TryAdd(Encoding.ASCII.GetString(text), 0);
            }
        }

        for (var at = 0; at <= bytes.Length - _control.Length; at++)
        {
            if (at + _control.Length > old && bytes.AsSpan(at, _control.Length).SequenceEqual(_control))
            {
                Interlocked.Increment(ref _controls);
            }
        }
    }
}
