using Exchange.Store.Sqlite;
using Exchange.Testing;

namespace Exchange.Benchmarks.Stores;

/// <summary>
/// The ceiling: the same rows written and read with prepared statements on one thread, without conditions, versions,
/// counters, queues or objects for what is read.
/// </summary>
internal static class BareSqlite
{
    private const int Transaction = 1_000;

    public static BareFigures Measure(int records)
    {
        SQLitePCL.Batteries_V2.Init();
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "bare.sqlite");
        using var link = SqliteLink.OpenWriter(file);
        SqliteSchema.Prepare(link);
        var ids = BenchmarkData.Ids(records);
        var insert = Figure.Measure(records, () => Insert(link, ids));
        using var reader = SqliteLink.OpenReader(file);
        var scan = Figure.Measure(records, () => Scan(reader));
        var gets = Math.Min(records, 100_000);
        return new BareFigures(insert, scan, Figure.Measure(gets, () => Get(reader, ids, gets)));
    }

    private static void Insert(SqliteLink link, Guid[] ids)
    {
        var begin = link.Prepare("BEGIN IMMEDIATE");
        var commit = link.Prepare("COMMIT");
        var record = link.Prepare("INSERT INTO record VALUES(?1, 1, ?2, ?3, 1, 0, 0, ?4, ?5, ?6, ?7)");
        var key = link.Prepare("INSERT INTO record_key VALUES(1, ?1, ?2, 0)");
        for (var i = 0; i < ids.Length; i++)
        {
            if (i % Transaction == 0)
            {
                begin.Run();
            }

            var external = BenchmarkData.ExternalBytes(i);
            record.Bind(1, i + 1).Bind(2, ids[i]).Bind(3, i).Bind(4, external).Bind(5, [])
                .Bind(6, BenchmarkData.EnvelopeBytes).Bind(7, BenchmarkData.PayloadBytes).Run();
            key.Bind(1, external).Bind(2, ids[i]).Run();
            if (i % Transaction == Transaction - 1 || i == ids.Length - 1)
            {
                commit.Run();
            }
        }
    }

    private static void Scan(SqliteLink link)
    {
        var page = link.Prepare(
            "SELECT position, id, keys, envelope, payload FROM record WHERE position > ?1 LIMIT 1000");
        long after = -1;
        for (var last = 0L; last != after;)
        {
            after = last;
            page.Bind(1, after);
            while (page.Step())
            {
                last = page.Number(0);
                _ = page.Bytes(1).Length + page.Bytes(2).Length + page.Bytes(3).Length + page.Bytes(4).Length;
            }

            page.Reset();
        }
    }

    private static void Get(SqliteLink link, Guid[] ids, int count)
    {
        var find = link.Prepare("SELECT position, keys, envelope, payload FROM record WHERE kind = 1 AND id = ?1");
        var random = new Random(2);
        for (var i = 0; i < count; i++)
        {
            find.Bind(1, ids[random.Next(ids.Length)]).Step();
            _ = find.Bytes(1).Length + find.Bytes(2).Length + find.Bytes(3).Length;
            find.Reset();
        }
    }
}

/// <summary>The figures of SQLite used bare.</summary>
internal sealed record BareFigures(Figure Insert, Figure Scan, Figure Get);
