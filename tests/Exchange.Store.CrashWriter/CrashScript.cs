using System.Buffers.Binary;
using System.Text;

namespace Exchange.Store.CrashWriter;

/// <summary>
/// What each commit of a writer holds. Everything follows from the writer's number and the commit's, so that after a
/// crash one number a writer tells what must be in the store, and what must not.
/// </summary>
internal static class CrashScript
{
    public const string Kind = "crash";
    public const string Progress = "progress";

    private const int Fresh = 3;

    /// <summary>
    /// Commit number <paramref name="number"/>, from 1 on: three new records, the first one of the commit before
    /// rewritten, the second one of the commit before that deleted, and the writer's progress.
    /// </summary>
    public static Commit Commit(int writer, int number)
    {
        var puts = new List<RecordPut>();
        for (var i = 0; i < Fresh; i++)
        {
            puts.Add(Put(writer, number, i, "new"));
        }

        if (number > 1)
        {
            puts.Add(Put(writer, number - 1, 0, "again"));
        }

        if (number > 2)
        {
            puts.Add(new RecordPut { Key = Key(writer, number - 2, 1), IsTombstone = true });
        }

        return new Commit
        {
            Puts = puts,
            Entries = [new EntryWrite(Progress, ProgressKey(writer), Number(number))],
            Request = new RequestId($"{writer}/{number}", Number(number)),
        };
    }

    /// <summary>The number of a writer's last stored commit; 0 before the first.</summary>
    public static async Task<int> ProgressAsync(IRecordStore store, int writer)
    {
        var values = await store.GetEntriesAsync(Progress, [ProgressKey(writer)], CancellationToken.None);
        return values[0] is { } value ? BinaryPrimitives.ReadInt32BigEndian(value.Span) : 0;
    }

    /// <summary>
    /// What must stand in the store after a writer's commits up to a number: payloads, null for a tombstone.
    /// </summary>
    public static IEnumerable<(RecordKey Key, string? Payload)> Expected(int writer, int last)
    {
        for (var number = 1; number <= last; number++)
        {
            for (var i = 0; i < Fresh; i++)
            {
                var payload = (i, last - number) switch
                {
                    (0, > 0) => "again",
                    (1, > 1) => null,
                    _ => "new",
                };
                yield return (Key(writer, number, i), payload is null ? null : Payload(writer, number, i, payload));
            }
        }
    }

    public static string External(RecordKey key) => key.Id.ToString("N");

    private static RecordPut Put(int writer, int number, int index, string state)
    {
        var key = Key(writer, number, index);
        return new RecordPut
        {
            Key = key,
            Payload = Encoding.UTF8.GetBytes(Payload(writer, number, index, state)),
            Keys = [new IndexKey("external", External(key), Unique: true), new IndexKey("writer", $"{writer}")],
        };
    }

    // Long enough that records cross pages.
    private static string Payload(int writer, int number, int index, string state) =>
        $"{state} {writer}/{number}/{index} " + new string('.', 200 + (number * 37 % 900));

    private static RecordKey Key(int writer, int number, int index)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt32BigEndian(id, number);
        BinaryPrimitives.WriteInt32BigEndian(id[4..], writer);
        BinaryPrimitives.WriteInt32BigEndian(id[8..], index);
        return new RecordKey(Kind, new Guid(id, bigEndian: true));
    }

    private static byte[] ProgressKey(int writer) => Number(writer);

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
