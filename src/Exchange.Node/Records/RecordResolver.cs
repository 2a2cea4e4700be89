using System.Text;
using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Exchange.Node.Records;

/// <summary>Finds what an item means to write, and checks everything that can be checked before the commit.</summary>
internal sealed class RecordResolver(
    IRecordStore store,
    RecordCodec codec,
    RecordKinds kinds,
    RecordReferences references,
    IPersonTokens tokens,
    NodeIdentity node,
    Successions successions,
    TimeProvider time)
{
    /// <summary>Returns the checked write.</summary>
    /// <exception cref="ExchangeException">The item can't be written as it is.</exception>
    public async Task<RecordDraft> ResolveAsync(
        PutRecordItem item, CallReach reach, CancellationToken cancellationToken)
    {
        var given = item.Record ?? throw ExchangeException.Invalid("record", "Set the record to write.");
        var kind = kinds.Find(given.Kind) ?? throw new ExchangeException(
            StatusCode.InvalidArgument,
            ErrorReason.KindUnknown,
            $"This node doesn't know the kind '{ExchangeException.Named(given.Kind, "that was sent")}'. "
            + $"It knows {string.Join(", ", kinds.All.Select(k => k.Name))}.",
            ("kind", ExchangeException.Named(given.Kind, "")));
        CheckExternalKey(given.ExternalKey);

        var payload = item.Delete ? null : ParsePayload(kind, given.Payload);
        var existing = await FindAsync(kind, given, payload, reach, cancellationToken);
        await reach.RequireWriteAsync(existing, cancellationToken);
        if (item.Delete && kind.IsImmutable)
        {
            throw ExchangeException.Invalid("delete", $"A {kind.Name} is never deleted. Void it with a new one.");
        }

        if (item.Delete && existing is not { IsTombstone: false })
        {
            throw reach.Missing(kind.Name, given.Id);
        }

        var envelope = existing is { IsTombstone: false } ? Standing(existing, item.Delete) : null;
        CheckHome(kind, existing, envelope);
        CheckEtag(kind, item.Etag, existing);

        CheckState(kind, existing, envelope);
        var reason = DeleteReason(item);

        if (!item.Delete)
        {
            var whole = await WholeAsync(kind, item, payload!, existing, cancellationToken);
            var draft = Build(kind, item, whole, reach, existing, envelope);
            await reach.RequireWriteAsync(draft, cancellationToken);
            return draft;
        }

        return new RecordDraft
        {
            Key = existing!.Key,
            Existing = existing,
            Before = envelope,
            IsDelete = true,
            WasUnreadable = envelope is null,
            Record = new Record
            {
                HomeNode = node.Id,
                State = RecordState.Deleted,
                ExternalKey = envelope?.ExternalKey,
                RemovalReason = reason,
            },
        };
    }

    /// <summary>The payload to write: merged with what stands there, references resolved.</summary>
    private async Task<Whole> WholeAsync(
        RecordKind kind,
        PutRecordItem item,
        IMessage payload,
        StoredRecord? existing,
        CancellationToken cancellationToken)
    {
        var mask = item.UpdateMask is { Paths.Count: > 0 } paths && !paths.Paths.Contains("*") ? paths : null;
        if (mask is null && item.References.Count == 0)
        {
            // Exactly as it was received.
            return new Whole(payload, item.Record.Payload.Value, []);
        }

        if (mask is not null)
        {
            MaskMerge.Check(kind, mask);
        }

        var isLive = existing is { IsTombstone: false };
        var held = isLive ? Held(kind, existing!) : null;
        var whole = isLive && mask is not null ? MaskMerge.Run(payload, mask, Held(kind, existing!)) : payload;
        var waiting = await references.FillAsync(kind, whole, held, item.References, cancellationToken);
        return new Whole(whole, whole.ToByteString(), waiting);
    }

    private RecordDraft Build(
        RecordKind kind, PutRecordItem item, Whole whole, CallReach reach, StoredRecord? existing, Record? envelope)
    {
        var (payload, bytes, waiting) = whole;
        IMessage? Before() => existing is { IsTombstone: false } ? Held(kind, existing) : null;
        if (kind.Settle(payload, Before, reach.Reach))
        {
            bytes = payload.ToByteString();
        }

        var context = new RuleContext(NodeIdentity.Today(time), node.TestNode, node.Id)
        {
            Predecessors = successions.Predecessors,
        };
        var violations = kind.Check(payload, context).ToList();
        if (violations.Count > 0)
        {
            throw ExchangeException.Invalid(violations);
        }

        var key = existing?.Key ?? new RecordKey(kind.Name, Guid.CreateVersion7(time.GetUtcNow()));
        var facts = kind.Describe(key.Id, payload, tokens);
        var record = new Record
        {
            HomeNode = node.Id,
            State = RecordState.Active,
            LegalBasis = ConsentMerge.Join(envelope?.LegalBasis, item.Record.LegalBasis),
            ExternalKey = item.Record.ExternalKey ?? envelope?.ExternalKey,
            PayloadHash = RecordCodec.Hash(bytes.Span),
            Payload = new Any { TypeUrl = RecordCodec.TypeUrl(kind), Value = bytes },
        };
        record.ScopeKeys.AddRange(facts.ScopeKeys);
        record.SubjectIds.AddRange(facts.SubjectIds);
        CheckSize(record);

        // What was damaged behind the node's back is made good by whoever writes the same once more.
        var unchanged = envelope is not null && IsSame(envelope, record) && RegisterAudit.IsSound(codec, existing!);
        if (kind.IsImmutable && envelope is not null && !unchanged)
        {
            throw ExchangeException.Invalid("record.id", $"A {kind.Name} is never changed. Void it with a new one.");
        }

        return new RecordDraft
        {
            Key = key,
            Record = record,
            Facts = facts,
            Keys = RecordIndexes.Of(key, facts, record.ExternalKey),
            Existing = existing,
            Before = envelope,
            IsUnchanged = unchanged,
            WaitingFields = waiting,
            HeldTerms = payload is Vacancy vacancy ? vacancy.HeldTerms : [],
        };
    }

    // A record that is kept must also fit into the messages that carry it to watchers and partners.
    private static void CheckSize(Record record)
    {
        if (record.CalculateSize() is var size && size > MessageSizes.RecordBytes)
        {
            throw ExchangeException.Invalid(
                "record.payload",
                $"With its envelope it has {size} bytes; a record can have at most {MessageSizes.RecordBytes}.");
        }
    }

    private async Task<StoredRecord?> FindAsync(
        RecordKind kind, Record given, IMessage? payload, CallReach reach, CancellationToken cancellationToken)
    {
        if (given.Id.Length > 0)
        {
            var id = ParseId("record.id", given.Id);
            return await store.GetAsync(new RecordKey(kind.Name, id), cancellationToken)
                is { IsTombstone: false } found
                ? found
                : throw reach.Missing(kind.Name, given.Id);
        }

        if (given.ExternalKey is { } external)
        {
            return await references.FindOwnAsync(kind, ExternalIndexKey(external), cancellationToken);
        }

        if (payload is null)
        {
            throw ExchangeException.Invalid("record.id", "Name the record to delete by its id or its external key.");
        }

        foreach (var key in kind.Describe(Guid.Empty, payload, tokens).Keys.Where(k => k.Unique))
        {
            if (await references.FindOwnAsync(kind, key, cancellationToken) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private IMessage Held(RecordKind kind, StoredRecord existing)
    {
        try
        {
            return kind.Parse(ByteString.CopyFrom(codec.Payload(existing).Span));
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            throw new DamagedRecordException(existing.Key, exception);
        }
    }

    // Nobody can tell what a damaged one said of consents and restrictions: a person may delete it, and nothing is
    // written over it.
    private Record? Standing(StoredRecord existing, bool isDelete) =>
        RecordCodec.TryEnvelope(existing) is { } envelope ? envelope
        : isDelete && StoredEnvelope.IsFrom(existing, Encoding.UTF8.GetBytes(node.Id)) ? null
        : throw new DamagedRecordException(existing.Key);

    private static IMessage ParsePayload(RecordKind kind, Any? payload)
    {
        if (payload is null || Any.GetTypeName(payload.TypeUrl) != kind.Descriptor.FullName)
        {
            throw ExchangeException.Invalid("record.payload", $"Pack an {kind.Descriptor.FullName} into it.");
        }

        try
        {
            return kind.Parse(payload.Value);
        }
        catch (InvalidProtocolBufferException)
        {
            throw ExchangeException.Invalid("record.payload", $"Its bytes are no {kind.Descriptor.FullName}.");
        }
    }

    private void CheckHome(RecordKind kind, StoredRecord? existing, Record? envelope)
    {
        if (existing is null || envelope is null || envelope.HomeNode == node.Id)
        {
            return;
        }

        throw new ExchangeException(
            StatusCode.FailedPrecondition,
            ErrorReason.NotHomeNode,
            $"Only its home node '{envelope.HomeNode}' may write this {kind.Name}. Send the change there.",
            ("kind", kind.Name),
            ("id", existing.Key.Id.ToString()),
            ("home_node", envelope.HomeNode));
    }

    private static void CheckState(RecordKind kind, StoredRecord? existing, Record? envelope)
    {
        if (envelope is { State: RecordState.Frozen })
        {
            throw new ExchangeException(
                StatusCode.FailedPrecondition,
                ErrorReason.RecordFrozen,
                $"This {kind.Name} is frozen: it is kept and not used. Lift the restriction of its subject first.",
                ("kind", kind.Name),
                ("id", existing!.Key.Id.ToString()));
        }
    }

    private static RemovalReason DeleteReason(PutRecordItem item) => item switch
    {
        { DeleteReason: RemovalReason.Unspecified } => item.Delete ? RemovalReason.Deleted : RemovalReason.Unspecified,
        { Delete: false } => throw ExchangeException.Invalid("delete_reason", "Set it only together with delete."),
        {
            DeleteReason: RemovalReason.Deleted or RemovalReason.Corrected or RemovalReason.Merged
                or RemovalReason.RetentionOver
        } => item.DeleteReason,
        _ => throw ExchangeException.Invalid(
            "delete_reason", "Use DELETED, CORRECTED, MERGED or RETENTION_OVER; the others are the node's own."),
    };

    private static void CheckEtag(RecordKind kind, string etag, StoredRecord? existing)
    {
        if (etag.Length == 0)
        {
            return;
        }

        if (!Etag.TryParse(etag, out var expected))
        {
            throw ExchangeException.Invalid("etag", "Send back exactly what was received, or leave it empty.");
        }

        if (existing?.Version != expected)
        {
            throw new VersionConflictException(
                existing?.Key ?? new RecordKey(kind.Name, Guid.Empty), expected, existing?.Version);
        }
    }

    private static void CheckExternalKey(ExternalKey? key)
    {
        if (key is null)
        {
            return;
        }

        if (!StreamName.IsValid(key.Source))
        {
            throw ExchangeException.Invalid("record.external_key.source", StreamName.Rule);
        }

        if (key.SourceId.Length is 0 or > 200 || !ExternalIndexKey(key).IsStorable)
        {
            throw ExchangeException.Invalid(
                "record.external_key.source_id",
                "It must have 1 to 200 characters, with the source at most 511 bytes of UTF-8, and none of them zero.");
        }
    }

    /// <summary>Reads a record id.</summary>
    public static Guid ParseId(string field, string id) =>
        Guid.TryParseExact(id, "D", out var value)
            ? value
            : throw ExchangeException.Invalid(
                field, "It must be a UUID, such as 019aa2b4-5c6d-7e8f-9012-3456789abcde.");

    /// <summary>The declared key of an external key.</summary>
    public static IndexKey ExternalIndexKey(ExternalKey key) =>
        new(IndexNames.External, $"{key.Source}:{key.SourceId}", Unique: true);

    private static bool IsSame(Record envelope, Record record) =>

        // What came back half after a restore is whole again once somebody writes it, even with the same words.
        envelope.Projection is not { Partial: true }
        && envelope.State == record.State
        && envelope.PayloadHash == record.PayloadHash
        && Equals(envelope.LegalBasis, record.LegalBasis)
        && Equals(envelope.ExternalKey, record.ExternalKey);

    /// <summary>A whole payload, its bytes, and the fields whose record isn't here yet.</summary>
    private readonly record struct Whole(IMessage Payload, ByteString Bytes, IReadOnlyList<string> Waiting);
}
