using System.Buffers.Binary;
using System.Security.Cryptography;
using Exchange.V1;
using Google.Protobuf;

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

    /// <summary>The digest of what isn't removed, whatever the order.</summary>
    public static SyncDigest Digest(IReadOnlyDictionary<Guid, ModelView> views, bool withBuckets)
    {
        Span<byte> item = stackalloc byte[28];
        Span<byte> hash = stackalloc byte[32];
        var sum = new byte[32];
        ulong count = 0;
        foreach (var (id, view) in views)
        {
            if (view.IsRemoved)
            {
                continue;
            }

            id.TryWriteBytes(item);
            BinaryPrimitives.WriteUInt64BigEndian(item[16..], view.Clock);
            BinaryPrimitives.WriteUInt32BigEndian(item[24..], view.Revision);
            SHA256.HashData(item, hash);
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] ^= hash[i];
            }

            count++;
        }

        var root = ByteString.CopyFrom(sum);
        return new SyncDigest { Count = count, Root = root, Buckets = withBuckets ? root : ByteString.Empty };
    }
}
