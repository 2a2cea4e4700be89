using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// Reads and checks what a peer sends. Nothing that it sends throws: what can't be stored is refused.
/// </summary>
internal sealed class ChangeReader(FlowTerms terms, RecordCodec codec, RecordKinds kinds, IPersonTokens tokens)
{
    /// <summary>How far a peer's clock may be ahead of ours.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private const int MaxKindLength = 63;

    private static readonly SearchValues<char> KindCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary>Reads one change.</summary>
    public IncomingChange Read(SyncChange change, DateTimeOffset now, PageHasher hasher)
    {
        var (kind, id, version) = change.ChangeCase switch
        {
            SyncChange.ChangeOneofCase.Record => (change.Record.Kind, change.Record.Id, change.Record.Version),
            SyncChange.ChangeOneofCase.Removal => (change.Removal.Kind, change.Removal.Id, change.Removal.Version),
            _ => ("", "", null),
        };
        if (!IsKind(kind) || !Guid.TryParseExact(id, "D", out var guid) || version is null || version.Clock == 0
            || !NodeIds.IsValid(version.Node))
        {
            return Unnamed(change, hasher);
        }

        var key = new RecordKey(kind, guid);
        return change.Removal is null ? ReadRecord(change, key, now, hasher) : ReadRemoval(change, key, now, hasher);
    }

    /// <summary>Whether a version's clock is further ahead than is tolerated.</summary>
    public static bool IsAhead(ulong clock, DateTimeOffset now) =>
        clock >> 16 > (ulong)(now + ClockTolerance).ToUnixTimeMilliseconds();

    private IncomingChange ReadRecord(SyncChange change, RecordKey key, DateTimeOffset now, PageHasher hasher)
    {
        var record = change.Record;
        var (version, revision) = SyncChanges.Order(change);
        var item = record.State == RecordState.Active ? Item(record, key, version, revision, hasher) : (UInt128?)null;
        var facts = RecordFacts.None;
        var home = HomeOf(record.HomeNode);
        var keyBytes = RecordKeyBytes.Of(key);
        var refusal = CheckEnvelope(record, now) ?? CheckPayload(record, key, hasher, out facts);
        return new IncomingChange
        {
            Change = change,
            Key = key,
            KeyBytes = keyBytes,
            Home = home,
            Bucket = hasher.Bucket(keyBytes),
            IsPersonal = IsPersonal(key.Kind),
            Version = version,
            Revision = revision,
            Item = item,
            Refusal = refusal,
            Facts = facts,
            Put = refusal is null
                ? ToPut(record, key, version, revision, Note(ItemBytes(item), home), facts)
                : null,
        };
    }

    private IncomingChange ReadRemoval(SyncChange change, RecordKey key, DateTimeOffset now, PageHasher hasher)
    {
        var (version, revision) = SyncChanges.Order(change);
        var state = change.Removal.Reason == RemovalReason.ConsentWithdrawn ? RecordState.Erased : RecordState.Deleted;

        var keyBytes = RecordKeyBytes.Of(key);

        // A removal doesn't name the home, but the version's node is it.
        var home = HomeOf(version.Node);

        // A kind that the agreement no longer lists is taken back like any other.
        var refusal = change.Removal.Reason == RemovalReason.Unspecified
            ? Refusal.Invalid("a removal has no reason")
            : CheckClock(version, now);
        var note = new RemovalNote(change.Removal.Reason, change.Removal.ConsentVersion);
        return new IncomingChange
        {
            Change = change,
            Key = key,
            KeyBytes = keyBytes,
            Home = home,
            Bucket = hasher.Bucket(keyBytes),
            IsPersonal = IsPersonal(key.Kind),
            Version = version,
            Revision = revision,
            Refusal = refusal,
            Put = refusal is null
                ? ToPut(
                    new Record { HomeNode = home, State = state, RemovalReason = change.Removal.Reason },
                    key,
                    version,
                    revision,
                    Note(note.ToBytes(), home),
                    RecordFacts.None)
                : null,
        };
    }

    private Refusal? CheckEnvelope(Record record, DateTimeOffset now)
    {
        var home = HomeOf(record.HomeNode);
        if (terms.Heirs is [var heir, ..] && home == terms.From)
        {
            return Refusal.Succeeded(terms.From, heir);
        }

        if (terms.For(record.Kind) is null)
        {
            return new Refusal(
                ErrorReason.ChangeOutOfAgreement, $"The agreement doesn't let '{terms.From}' give a {record.Kind}.");
        }

        if (record.HomeNode != home || (home != terms.From && record.Version.Node != home))
        {
            return Refusal.NotFromHome(terms.From);
        }

        return CheckClock(SyncChanges.Version(record.Version), now);
    }

    private static Refusal? CheckClock(RecordVersion version, DateTimeOffset now) =>
        IsAhead(version.Clock, now)
            ? new Refusal(
                ErrorReason.ChangeClockAhead,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Its clock is {(version.Time - now).TotalSeconds:F0} s ahead of this node's. It waits."))
            : null;

    private Refusal? CheckPayload(Record record, RecordKey key, PageHasher hasher, out RecordFacts facts)
    {
        facts = RecordFacts.None;
        if (record.State is RecordState.Frozen or RecordState.Erased or RecordState.Deleted)
        {
            return record.Payload is null ? null : Refusal.Invalid("a record that isn't active has a payload");
        }

        if (record.State != RecordState.Active || record.Payload is null)
        {
            return Refusal.Invalid("an active record has a payload");
        }

        if (record.CalculateSize() > MessageSizes.RecordBytes)
        {
            return Refusal.Invalid($"a record has at most {MessageSizes.RecordBytes} bytes");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        hasher.Sha256(record.Payload.Value.Span, hash);
        if (!record.PayloadHash.Span.SequenceEqual(hash))
        {
            return Refusal.Invalid("payload_hash isn't the payload's");
        }

        return kinds.Find(record.Kind) is { } kind ? Describe(kind, key, record.Payload, out facts) : null;
    }

    private Refusal? Describe(RecordKind kind, RecordKey key, Any payload, out RecordFacts facts)
    {
        facts = RecordFacts.None;
        if (Any.GetTypeName(payload.TypeUrl) != kind.Descriptor.FullName)
        {
            return Refusal.Invalid($"the payload is no {kind.Descriptor.FullName}");
        }

        try
        {
            facts = kind.Describe(key.Id, kind.Parse(payload.Value), tokens);
            return null;
        }
        catch (InvalidProtocolBufferException)
        {
            return Refusal.Invalid($"the payload's bytes are no {kind.Descriptor.FullName}");
        }
    }

    private RecordPut ToPut(
        Record record, RecordKey key, RecordVersion version, uint revision, byte[] item, RecordFacts facts)
    {
        var encoded = codec.Encode(key, record, item);
        return new RecordPut
        {
            Key = key,
            Version = version,
            Revision = revision,
            IsTombstone = record.State != RecordState.Active,
            ForgetsPrevious = record.State == RecordState.Erased,
            Envelope = encoded.Envelope,
            Payload = encoded.Payload,
            Keys = record.State == RecordState.Active ? Keys(key, facts, record.ExternalKey) : [],
            Expect = Expectation.Newer,
        };
    }

    // The sender, or a node whose records it passes on under the agreement.
    private string HomeOf(string node) => terms.Origins.Contains(node) ? node : terms.From;

    private byte[] Note(byte[] note, string home) => StoredEnvelope.NoteWith(note, home, terms.From);

    private static byte[] ItemBytes(UInt128? item)
    {
        if (item is not { } held)
        {
            return [];
        }

        var bytes = new byte[DigestItem.Length];
        DigestItem.Write(held, bytes);
        return bytes;
    }

    // Two replicated records that look alike are for people to review, never a reason to refuse one.
    private static List<IndexKey> Keys(RecordKey record, RecordFacts facts, ExternalKey? external)
    {
        var all = RecordIndexes.Of(record, facts, external);
        var keys = new List<IndexKey>(all.Count);
        foreach (var key in all)
        {
            keys.Add(key with { Unique = false });
        }

        // Kept all the same, and only not found by it: one odd value must not hold up all that comes behind it.
        keys.RemoveAll(key => !key.IsStorable);
        return keys;
    }

    private UInt128 Item(
        Record record, RecordKey key, RecordVersion version, uint revision, PageHasher hasher)
    {
        var payload = record.Payload is { } any ? any.Value.Span : default;
        var length = DigestItem.HeaderLength(key, version.Node) + payload.Length;
        _buffer.ResetWrittenCount();
        var bytes = _buffer.GetSpan(length)[..length];
        var header = DigestItem.WriteHeader(bytes, key, version, revision, record.State);
        payload.CopyTo(bytes[header..]);
        return hasher.Item(bytes);
    }

    private IncomingChange Unnamed(SyncChange change, PageHasher hasher)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        hasher.Sha256(change.ToByteArray(), hash);
        var key = new RecordKey("unnamed", new Guid(hash[..RecordKeyBytes.IdLength], bigEndian: true));
        return new IncomingChange
        {
            Change = change,
            Key = key,
            KeyBytes = RecordKeyBytes.Of(key),
            Home = terms.From,
            Bucket = 0,
            IsNamed = false,
            Version = new RecordVersion(0, ""),
            Refusal = Refusal.Invalid("kind, id or version is missing or malformed"),
        };
    }

    /// <summary>Reads the keys of those that changes are about, all in one go.</summary>
    public void Prepare(IEnumerable<SyncChange> changes) =>
        codec.Prepare(changes.Select(change => change.Record).OfType<Record>());

    private bool IsPersonal(string kind) => kinds.Find(kind) is not { IsPersonal: false };

    /// <summary>Whether a text can be a kind's name.</summary>
    public static bool IsKind(string kind) =>
        kind.Length is > 0 and <= MaxKindLength && !kind.AsSpan().ContainsAnyExcept(KindCharacters);
}
