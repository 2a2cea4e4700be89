using Exchange.Store.LiteDb;

namespace Exchange.Store.Tests.LiteDb;

/// <summary>
/// A disk whose power can be cut at any of its operations. What was flushed stays. Of what was written since, each
/// sector stays or is lost on its own, in whatever order it was written: more than real disks do.
/// </summary>
internal sealed class PowerCutDisk(Random random)
{
    private const int SectorSize = 512;

    private readonly Dictionary<string, Medium> _media = [];
    private long _operations;
    private int _power;

    /// <summary>The operation at which the power fails; none if it is behind them all.</summary>
    public long CutAt { get; set; } = long.MaxValue;

    public long Operations => _operations;

    public IDiskFile Open(string name)
    {
        if (!_media.TryGetValue(name, out var medium))
        {
            _media.Add(name, medium = new Medium());
        }

        return new PowerCutFile(this, medium);
    }

    /// <summary>Power comes back: the files hold what the disk held, and earlier handles are dead.</summary>
    public void Restart()
    {
        foreach (var medium in _media.Values)
        {
            medium.Restart(random);
        }

        _power++;
        CutAt = long.MaxValue;
    }

    private void Operate(int power)
    {
        if (power != _power || ++_operations >= CutAt)
        {
            throw new IOException("The power is off.");
        }
    }

    private sealed class PowerCutFile(PowerCutDisk disk, Medium medium) : IDiskFile
    {
        private readonly int _power = disk._power;

        public long Length => medium.Now.Length;

        public int Read(long position, Span<byte> bytes)
        {
            medium.Now.Position = position;
            return medium.Now.Read(bytes);
        }

        public void Write(long position, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            disk.Operate(_power);
            medium.Do(file => WriteAt(file, position, copy), (position, copy));
        }

        public void SetLength(long length)
        {
            disk.Operate(_power);
            medium.Do(file => file.SetLength(length), null);
        }

        public void Flush()
        {
            disk.Operate(_power);
            medium.Flush();
        }

        public void Dispose()
        {
        }
    }

    private static void WriteAt(MemoryStream file, long position, ReadOnlySpan<byte> bytes)
    {
        file.Position = position;
        file.Write(bytes);
    }

    private sealed class Medium
    {
        private readonly List<(Action<MemoryStream> Apply, (long Position, byte[] Bytes)? Write)> _pending = [];
        private readonly MemoryStream _durable = new();

        public MemoryStream Now { get; private set; } = new();

        public void Do(Action<MemoryStream> operation, (long Position, byte[] Bytes)? write)
        {
            operation(Now);
            _pending.Add((operation, write));
        }

        public void Flush()
        {
            _pending.ForEach(operation => operation.Apply(_durable));
            _pending.Clear();
        }

        public void Restart(Random random)
        {
            foreach (var (apply, write) in _pending)
            {
                if (write is { } bytes)
                {
                    WriteSectors(bytes.Position, bytes.Bytes, random);
                }
                else if (random.Next(2) == 0)
                {
                    apply(_durable);
                }
            }

            _pending.Clear();
            Now = new MemoryStream();
            Now.Write(_durable.ToArray());
        }

        private void WriteSectors(long position, byte[] bytes, Random random)
        {
            // Now and then all or nothing of a write survives, which is what usually happens.
            var chance = random.Next(4) switch { 0 => 0, 1 => 100, _ => 50 };
            for (var start = 0; start < bytes.Length;)
            {
                var end = (int)Math.Min(bytes.Length, (((position + start) / SectorSize) + 1) * SectorSize - position);
                if (random.Next(100) < chance)
                {
                    WriteAt(_durable, position + start, bytes.AsSpan(start, end - start));
                }

                start = end;
            }
        }
    }
}
