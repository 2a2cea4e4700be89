using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>What a partner says it holds of a record of ours, once it could be read.</summary>
/// <param name="Key">The record.</param>
/// <param name="KeyBytes">The same as <see cref="RecordKeyBytes"/> writes it.</param>
/// <param name="Version">The version that the partner holds, or from which on it holds none.</param>
/// <param name="Revision">Which view of it.</param>
/// <param name="Record">What it holds; null for a removal.</param>
/// <param name="Note">How it was taken back; of no meaning for a record.</param>
internal sealed record ReturnedChange(
    RecordKey Key, byte[] KeyBytes, RecordVersion Version, uint Revision, Record? Record, RemovalNote Note)
{
    /// <summary>The home itself had deleted or erased the record, so that nothing of it may come back.</summary>
    public bool IsGone => Record is null && Note switch
    {
        { Reason: RemovalReason.ConsentWithdrawn, ConsentVersion: RemovalNote.Erased } => true,
        { Reason: RemovalReason.ConsentWithdrawn or RemovalReason.LeftScope or RemovalReason.Unspecified } => false,
        _ => true,
    };

    /// <summary>Reads what came; null when it names nothing that could be a record of this node.</summary>
    public static ReturnedChange? Read(ReturnedRecord returned, string home)
    {
        var change = returned.HeldCase switch
        {
            ReturnedRecord.HeldOneofCase.Record => new SyncChange { Record = returned.Record },
            ReturnedRecord.HeldOneofCase.Removal => new SyncChange { Removal = returned.Removal },
            _ => null,
        };
        if (change is null)
        {
            return null;
        }

        var (kind, id) = change.Record is { } record
            ? (record.Kind, record.Id)
            : (change.Removal.Kind, change.Removal.Id);
        var (version, revision) = SyncChanges.Order(change);
        if (!ChangeReader.IsKind(kind) || !Guid.TryParseExact(id, "D", out var guid) || version.Clock == 0
            || version.Node != home || change.Record is { } held && held.HomeNode != home)
        {
            return null;
        }

        var key = new RecordKey(kind, guid);
        var note = change.Removal is { } removal
            ? new RemovalNote(removal.Reason, removal.ConsentVersion)
            : default;
        return new ReturnedChange(key, RecordKeyBytes.Of(key), version, revision, change.Record, note);
    }

    /// <summary>
    /// What the register says from now on, so that the next word about the record is newer than what the partner holds;
    /// null when it says that already.
    /// </summary>
    /// <param name="row">What the register says.</param>
    /// <param name="flow">The direction from this node to the partner.</param>
    /// <param name="now">The wall clock.</param>
    public DisclosureRow? NextRow(DisclosureRow? row, FlowTerms flow, DateTimeOffset now)
    {
        if (row is not null && Compare(row) is var order && (order < 0 || (order == 0 && !row.IsWithdrawn)))
        {
            return null;
        }

        // A row that counts in the digest goes on counting what it did. One that doesn't names a removal, and the next
        // must be newer than the record that the partner holds.
        var isCounted = row is { IsWithdrawn: false };
        return new DisclosureRow
        {
            Version = Version,
            Revision = Record is not null && !isCounted ? Revision + 1 : Revision,
            Item = isCounted ? row!.Item : 0,
            IsWithdrawn = !isCounted,
            Projection = row?.Projection ?? flow.All.Projection,
            Agreement = row?.Agreement ?? flow.Agreement,
            Purposes = row?.Purposes ?? flow.All.Purposes,
            Time = row?.Time ?? now,
            Delivery = new Delivery(FeedPosition.Start, row?.Delivery.Era ?? 0, IsAcknowledged: false),
        };
    }

    private int Compare(DisclosureRow row)
    {
        var order = Version.CompareTo(row.Version);
        return order != 0 ? order : Revision.CompareTo(row.Revision);
    }
}
