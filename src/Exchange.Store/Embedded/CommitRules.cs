using System.Runtime.CompilerServices;
using System.Text;

namespace Exchange.Store.Embedded;

/// <summary>
/// The limits that the interface names, checked before a commit is queued: a value that an engine can't hold would
/// otherwise fail every commit that shares its transaction.
/// </summary>
internal static class CommitRules
{
    private const int MaxPuts = 10_000;
    private const int MaxRecordBytes = 8 << 20;
    private const int MaxEntryBytes = 16 << 20;
    private const int MaxKeys = 64;
    private const int MaxKeyBytes = 512;

    // A lone surrogate would be stored as another character, and two different values would become one.
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static void Check(Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        Require(commit.Puts.Count <= MaxPuts, $"A commit has {commit.Puts.Count} puts; at most {MaxPuts} are allowed.");
        var keys = commit.Puts.Count > 1 ? new HashSet<RecordKey>(commit.Puts.Count) : null;
        for (var i = 0; i < commit.Puts.Count; i++)
        {
            Check(commit.Puts[i]);
            Require(keys is null || keys.Add(commit.Puts[i].Key), $"Record '{commit.Puts[i].Key}' occurs twice.");
        }

        CheckReplacements(commit);
        Check(commit.Entries);
        if (commit.Request is { } request)
        {
            Require(request.Value.Length is >= 1 and <= 128, $"A request id must have 1 to 128 characters.");
            Strict.GetByteCount(request.Value);
        }
    }

    public static void Check(IReadOnlyList<EntryWrite> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            CheckCollection(entry.Collection);
            CheckEntryKey(entry.Key);
            Require(
                (entry.Value?.Length ?? 0) <= MaxEntryBytes,
                $"An entry of '{entry.Collection}' has {entry.Value?.Length} bytes, more than {MaxEntryBytes}.");
        }
    }

    public static void CheckCollection(string collection) => Require(
        collection.Length is >= 1 and <= 128 && collection[0] != '$',
        $"'{collection}' can't be a collection's name: it must have 1 to 128 characters and not begin with '$'.");

    public static void CheckEntryKey(ReadOnlyMemory<byte> key) => Require(
        key.Length is >= 1 and <= MaxKeyBytes, $"An entry's key must have 1 to {MaxKeyBytes} bytes.");

    public static void CheckLimit(int limit) => Require(limit is >= 1 and <= 10_000, $"A limit must be 1 to 10,000.");

    public static void CheckCount(int count) => Require(count <= 10_000, $"At most 10,000 keys can be read at once.");

    private static void Check(RecordPut put)
    {
        CheckKind(put.Key.Kind);
        Require(
            (long)put.Envelope.Length + put.Payload.Length <= MaxRecordBytes,
            $"Record '{put.Key}' has more than {MaxRecordBytes} bytes.");
        Require(
            !put.IsTombstone || (put.Payload.IsEmpty && put.Keys.Count == 0),
            $"Tombstone '{put.Key}' has a payload or keys.");
        Require(
            put.Version is not { Node.Length: > 128 }, $"Record '{put.Key}' has a node name of over 128 characters.");
        Require(put.Keys.Count <= MaxKeys, $"Record '{put.Key}' has more than {MaxKeys} keys.");
        for (var i = 0; i < put.Keys.Count; i++)
        {
            var key = put.Keys[i];
            Require(key.Name.Length is >= 1 and <= 63, $"Record '{put.Key}' has a key without a proper name.");
            Require(!key.Value.Contains('\0'), $"Record '{put.Key}' has a key '{key.Name}' with a zero character.");
            Require(
                Strict.GetByteCount(key.Value) <= IndexKey.MaxValueBytes,
                $"Record '{put.Key}' has a key '{key.Name}' of more than {IndexKey.MaxValueBytes} bytes.");
        }
    }

    private static void CheckReplacements(Commit commit)
    {
        if (commit.Replacements.Count == 0)
        {
            return;
        }

        CheckCount(commit.Replacements.Count);
        var put = commit.Puts.Select(one => one.Key).ToHashSet();
        foreach (var replacement in commit.Replacements)
        {
            Require(put.Add(replacement.Key), $"Record '{replacement.Key}' occurs twice.");
            Require(!replacement.Payload.IsEmpty, $"The payload of '{replacement.Key}' has no successor.");
            Require(
                replacement.Payload.Length <= MaxRecordBytes,
                $"Record '{replacement.Key}' has more than {MaxRecordBytes} bytes.");
        }
    }

    private static void CheckKind(string kind) => Require(
        kind.Length is >= 1 and <= 63, $"'{kind}' can't be a kind's name: it must have 1 to 63 characters.");

    private static void Require(
        bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise.ToString());
        }
    }

    /// <summary>The text of a broken rule, composed only if it is broken: these checks run for every record.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Otherwise
    {
        private readonly StringBuilder? _text;

        public Otherwise(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = !holds;
            _text = holds ? null : new StringBuilder(literalLength + (formattedCount * 16));
        }

        public void AppendLiteral(string value) => _text!.Append(value);

        public void AppendFormatted<T>(T value) => _text!.Append(value);

        public override string ToString() => _text?.ToString() ?? "";
    }
}
