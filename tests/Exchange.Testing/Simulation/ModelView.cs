using System.Buffers.Binary;
using System.Security.Cryptography;
using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>
/// Which view of a record one side has of what the other owns: the register of the giver, the copy of the receiver.
/// </summary>
/// <param name="Clock">The version.</param>
/// <param name="Revision">The view of that version.</param>
/// <param name="IsRemoved">The record was taken back.</param>
/// <param name="IsGone">Because its home deleted it.</param>
internal readonly record struct ModelView(ulong Clock, uint Revision, bool IsRemoved, bool IsGone = false)
{
    /// <summary>What became of the stored bytes behind the program's back; 0 while they are as they were.</summary>
    public int Flaw { get; init; }

    /// <summary>The view as it was stored.</summary>
    public ModelView AsNoted() => this with { Flaw = 0 };

    public bool IsNewerThan(ModelView other) =>
        Clock != other.Clock ? Clock > other.Clock : Revision > other.Revision;

    /// <summary>The change that brings a receiver to this view.</summary>
    public SyncChange ToChange(Guid id, string node)
    {
        var version = new RecordVersion { Clock = Clock, Node = node };
        return IsRemoved
            ? new SyncChange
            {
                Removal = new Removal
                {
                    Kind = "model",
                    Id = id.ToString(),
                    Version = version,
                    Revision = Revision,
                    Reason = IsGone ? RemovalReason.Deleted : RemovalReason.LeftScope,
                },
            }
            : new SyncChange
            {
                Record = new Record
                {
                    Kind = "model",
                    Id = id.ToString(),
                    Version = version,
                    Projection = new Projection { Revision = Revision },
                },
            };
    }

    /// <summary>The change that gives the view back to a home that was restored.</summary>
    public SyncChange ToReturned(Guid id, string home)
    {
        var change = ToChange(id, home);
        return new SyncChange
        {
            Returned = IsRemoved
                ? new ReturnedRecord { Removal = change.Removal }
                : new ReturnedRecord { Record = change.Record },
        };
    }

    /// <summary>What was given back; null for the word that nothing more comes.</summary>
    public static (Guid Id, ModelView View)? Of(ReturnedRecord returned) => returned.HeldCase switch
    {
        ReturnedRecord.HeldOneofCase.Record => Of(new SyncChange { Record = returned.Record }),
        ReturnedRecord.HeldOneofCase.Removal => Of(new SyncChange { Removal = returned.Removal }),
        _ => null,
    };

    public static (Guid Id, ModelView View) Of(SyncChange change)
    {
        if (change.ChangeCase == SyncChange.ChangeOneofCase.Removal)
        {
            var removal = change.Removal;
            var isGone = removal.Reason == RemovalReason.Deleted;
            return (
                Guid.Parse(removal.Id), new ModelView(removal.Version.Clock, removal.Revision, IsRemoved: true, isGone));
        }

        var record = change.Record;
        var view = new ModelView(record.Version.Clock, record.Projection.Revision, IsRemoved: false);
        return (Guid.Parse(record.Id), view);
    }

    /// <summary>Adds what the view of a record counts, if anything, to sums.</summary>
    public void AddTo(DigestSums sums, Guid id)
    {
        if (!IsRemoved)
        {
            sums.Add(BucketOf(id), Item(id));
        }
    }

    /// <summary>Takes it away.</summary>
    public void SubtractFrom(DigestSums sums, Guid id)
    {
        if (!IsRemoved)
        {
            sums.Subtract(BucketOf(id), Item(id));
        }
    }

    /// <summary>The bucket of a record.</summary>
    public static int BucketOf(Guid id) => BinaryPrimitives.ReadUInt16BigEndian(SHA256.HashData(id.ToByteArray())) >> 4;

    /// <summary>What the view counts.</summary>
    public UInt128 Item(Guid id)
    {
        Span<byte> bytes = stackalloc byte[32];
        Span<byte> hash = stackalloc byte[32];
        id.TryWriteBytes(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], Clock);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[24..], Revision);
        BinaryPrimitives.WriteInt32BigEndian(bytes[28..], Flaw);
        SHA256.HashData(bytes, hash);
        return DigestItem.Read(hash);
    }
}
