using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>What every change says, whether it brings a record or takes one back.</summary>
internal static class SyncChanges
{
    /// <summary>The record that a change of ours is about.</summary>
    public static RecordKey Key(SyncChange change) => change.Record is { } record
        ? new RecordKey(record.Kind, Guid.Parse(record.Id))
        : new RecordKey(change.Removal.Kind, Guid.Parse(change.Removal.Id));

    /// <summary>Which version and which view of it a change brings.</summary>
    public static (RecordVersion Version, uint Revision) Order(SyncChange change) => change.Record is { } record
        ? (Version(record.Version), record.Projection?.Revision ?? 0)
        : (Version(change.Removal.Version), change.Removal.Revision);

    /// <summary>How many records and removals some changes give back to a restored node.</summary>
    public static ulong Returned(IEnumerable<SyncChange> changes) =>
        (ulong)changes.Count(change => change.Returned is { Last: false });

    /// <summary>Whether the changes belong to what is given back to a restored node.</summary>
    public static bool AreReturns(IReadOnlyList<SyncChange> changes) =>
        changes.Count > 0 && changes.All(change => change.ChangeCase == SyncChange.ChangeOneofCase.Returned);

    /// <summary>Whether the changes end what is given back to a restored node.</summary>
    public static bool EndReturns(IReadOnlyList<SyncChange> changes) =>
        AreReturns(changes) && changes.Any(change => change.Returned.Last);

    /// <summary>A version as stores have it.</summary>
    public static RecordVersion Version(V1.RecordVersion? version) => new(version?.Clock ?? 0, version?.Node ?? "");
}
