namespace Exchange.Store.Embedded;

/// <summary>The entries that one commit writes, seen over what is stored. The last write to a key wins.</summary>
internal sealed class EntryOverlay(IEngineWriter writer)
{
    private readonly Dictionary<EntryKey, ReadOnlyMemory<byte>?> _writes = [];

    /// <summary>Adds writes in order; returns the first whose expectation doesn't hold.</summary>
    public EntryConflictException? Add(IReadOnlyList<EntryWrite> writes)
    {
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            var key = new EntryKey(write.Collection, write.Key);
            if (write.Expect is { } expected && !Holds(key, expected.Value))
            {
                return new EntryConflictException(write.Collection);
            }

            _writes[key] = write.Value;
        }

        return null;
    }

    /// <summary>Writes all of them; false if there were none.</summary>
    public bool Write()
    {
        foreach (var (key, value) in _writes)
        {
            if (value is { } bytes)
            {
                writer.PutEntry(key.Collection, key.Key.Span, bytes.Span);
            }
            else
            {
                writer.DeleteEntry(key.Collection, key.Key.Span);
            }
        }

        return _writes.Count > 0;
    }

    private bool Holds(EntryKey key, ReadOnlyMemory<byte>? expected)
    {
        if (!_writes.TryGetValue(key, out var actual))
        {
            // Not a conditional expression: a null array would convert to an empty memory, which is a value.
            actual = null;
            if (writer.FindEntry(key.Collection, key.Key.Span) is { } stored)
            {
                actual = stored;
            }
        }

        return actual is { } a && expected is { } e ? a.Span.SequenceEqual(e.Span) : actual is null && expected is null;
    }

    private readonly record struct EntryKey(string Collection, ReadOnlyMemory<byte> Key)
    {
        public bool Equals(EntryKey other) => Collection == other.Collection && Key.Span.SequenceEqual(other.Key.Span);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(Collection);
            hash.AddBytes(Key.Span);
            return hash.ToHashCode();
        }
    }
}
