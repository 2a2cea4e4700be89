using System.Text;

namespace Exchange.Store.Embedded;

/// <summary>
/// Remembers requests and what they did, in the transaction that did it. Two collections: by id, and by time, so that
/// forgetting old ones doesn't read the young ones.
/// </summary>
internal static class RequestLog
{
    private const string ById = "$requests";
    private const string ByTime = "$requests.time";

    public static TimeSpan Lifetime => TimeSpan.FromDays(35);

    /// <summary>
    /// Returns the answer of a request that was made before, or sets <paramref name="reused"/>, or neither.
    /// </summary>
    public static CommitResult? Find(WriteContext context, RequestId request, out Exception? reused)
    {
        reused = null;
        if (context.Writer.FindEntry(ById, Encoding.UTF8.GetBytes(request.Value)) is not { } stored)
        {
            return null;
        }

        var reader = new ByteReader(stored);
        if ((long)reader.Ordered() <= Expired(context))
        {
            return null;
        }

        if (!reader.Bytes().SequenceEqual(request.Digest.Span))
        {
            reused = new RequestIdReusedException(request.Value);
            return null;
        }

        return ReadResult(ref reader);
    }

    public static void Add(WriteContext context, RequestId request, CommitResult result)
    {
        var now = (ulong)context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var id = Encoding.UTF8.GetBytes(request.Value);
        var value = new ByteWriter();
        value.Ordered(now);
        value.Bytes(request.Digest.Span);
        WriteResult(value, result);
        context.Writer.PutEntry(ById, id, value.Written);
        context.Writer.PutEntry(ByTime, TimeKey(now, id), []);
        context.Changed = true;
    }

    /// <summary>Forgets up to <paramref name="limit"/> expired requests; returns how many there were.</summary>
    public static int Forget(WriteContext context, int limit)
    {
        var end = TimeKey((ulong)Expired(context) + 1, []);
        var forgotten = 0;
        foreach (var entry in context.Writer.Entries(ByTime, [], [], limit))
        {
            if (entry.Key.Span.SequenceCompareTo(end) >= 0)
            {
                break;
            }

            ForgetOne(context.Writer, entry.Key.Span);
            forgotten++;
        }

        context.Changed |= forgotten > 0;
        return forgotten;
    }

    private static void ForgetOne(IEngineWriter writer, ReadOnlySpan<byte> timeKey)
    {
        writer.DeleteEntry(ByTime, timeKey);

        // The id may have been used again after it expired, and that later use must stay known.
        var id = timeKey[8..];
        if (writer.FindEntry(ById, id) is { } stored && stored.AsSpan(0, 8).SequenceEqual(timeKey[..8]))
        {
            writer.DeleteEntry(ById, id);
        }
    }

    private static long Expired(WriteContext context) =>
        (context.Time.GetUtcNow() - Lifetime).ToUnixTimeMilliseconds();

    private static byte[] TimeKey(ulong time, ReadOnlySpan<byte> id)
    {
        var key = new byte[8 + id.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(key, time);
        id.CopyTo(key.AsSpan(8));
        return key;
    }

    // Versions and positions of one commit lie close together, so each is written as its distance from the one before.
    private static void WriteResult(ByteWriter writer, CommitResult result)
    {
        var (clock, node, position) = (0UL, "", 0L);
        writer.Number((ulong)result.Position.Value);
        writer.Number((ulong)result.Puts.Count);
        foreach (var put in result.Puts)
        {
            var sameNode = put.Version.Node == node;
            writer.Number((put.Applied ? 1UL : 0) | (sameNode ? 0UL : 2));
            if (!sameNode)
            {
                writer.Text(put.Version.Node);
            }

            writer.Signed((long)(put.Version.Clock - clock));
            writer.Signed(put.Position.Value - position);
            (clock, node, position) = (put.Version.Clock, put.Version.Node, put.Position.Value);
        }
    }

    private static CommitResult ReadResult(ref ByteReader reader)
    {
        var (clock, node, position) = (0UL, "", 0L);
        var head = new FeedPosition((long)reader.Number());
        var puts = new PutOutcome[reader.Number()];
        for (var i = 0; i < puts.Length; i++)
        {
            var flags = reader.Number();
            node = (flags & 2) != 0 ? reader.Text() : node;
            clock += (ulong)reader.Signed();
            position += reader.Signed();
            puts[i] = new PutOutcome(
                (flags & 1) != 0, new RecordVersion(clock, node), new FeedPosition(position), null);
        }

        return new CommitResult(puts, head, IsRepeat: true);
    }
}
