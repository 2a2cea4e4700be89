using Exchange.Store.Sqlite;
using Exchange.V1;

namespace Exchange.Benchmarks.Syncing;

/// <summary>Writes what a disclosure register holds of each record, in one durable transaction for a batch.</summary>
internal sealed class BareRegister : IDisposable
{
    // Kind and id; version, item, projection, agreement, time and position.
    private const int KeyLength = 23;
    private const int RowLength = 80;
    private const int Collection = 1;

    private readonly SqliteLink _link;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _put;

    public BareRegister(string file)
    {
        _link = SqliteLink.OpenWriter(file);
        _begin = _link.Prepare("BEGIN IMMEDIATE");
        _commit = _link.Prepare("COMMIT");
        _put = _link.Prepare("INSERT OR REPLACE INTO entry VALUES(?1, ?2, ?3)");
    }

    public void Write(IEnumerable<SyncChange> changes)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        Span<byte> row = stackalloc byte[RowLength];
        key.Clear();
        row.Clear();
        _begin.Run();
        foreach (var change in changes)
        {
            change.Record.PayloadHash.Span.CopyTo(key[^change.Record.PayloadHash.Length..]);
            _put.Bind(1, Collection).Bind(2, key).Bind(3, row).Run();
        }

        _commit.Run();
    }

    public void Dispose() => _link.Dispose();
}
