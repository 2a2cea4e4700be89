using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Key = Exchange.V1.RecordReference.KeyOneofCase;

namespace Exchange.Node.Records;

/// <summary>Finds this node's own records by their keys, also those that an item refers to.</summary>
internal sealed class RecordReferences(IRecordStore store, RecordKinds kinds, IPersonTokens tokens)
{
    private const string IdSuffix = "_id";

    /// <summary>Returns the own record with a unique key; null when there is none.</summary>
    public async Task<StoredRecord?> FindOwnAsync(
        RecordKind kind, IndexKey key, CancellationToken cancellationToken)
    {
        // Replicated records may hold the same key; only the one that is unique among our own is meant.
        var query = new RecordQuery(kind.Name) { Index = key.Name, Value = key.Value, Limit = 10 };
        var page = await store.QueryAsync(query, cancellationToken);
        return page.Records.FirstOrDefault(record => record.Keys.Any(k => k == key with { Unique = true }));
    }

    /// <summary>
    /// Puts the ids of the records that an item refers to into its payload. Returns the fields whose record isn't here
    /// yet; they keep what the record held.
    /// </summary>
    /// <param name="kind">The item's kind.</param>
    /// <param name="payload">The payload to fill.</param>
    /// <param name="held">What the record holds now; null for a new one.</param>
    /// <param name="references">What the item refers to.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ExchangeException">A reference names no field, kind or key.</exception>
    public async Task<IReadOnlyList<string>> FillAsync(
        RecordKind kind,
        IMessage payload,
        IMessage? held,
        IReadOnlyList<RecordReference> references,
        CancellationToken cancellationToken)
    {
        var waiting = new List<string>();
        for (var i = 0; i < references.Count; i++)
        {
            var path = $"references[{i}]";
            var field = Field(kind, references[i], path);
            var target = kinds.Find(references[i].Kind)
                ?? throw ExchangeException.Invalid(
                    $"{path}.kind",
                    $"This node knows no kind '{ExchangeException.Named(references[i].Kind, "that was sent")}'.");
            if (await FindOwnAsync(target, KeyOf(target, references[i], path), cancellationToken) is { } found)
            {
                field.Accessor.SetValue(payload, found.Key.Id.ToString());
                continue;
            }

            waiting.Add(field.Name);
            if (held is not null)
            {
                field.Accessor.SetValue(payload, field.Accessor.GetValue(held));
            }
        }

        return waiting;
    }

    private static FieldDescriptor Field(RecordKind kind, RecordReference reference, string path) =>
        kind.Descriptor.FindFieldByName(reference.Field) is { FieldType: FieldType.String, IsRepeated: false } field
        && field.Name.EndsWith(IdSuffix, StringComparison.Ordinal)
            ? field
            : throw ExchangeException.Invalid(
                $"{path}.field",
                $"{kind.Descriptor.FullName} has no field "
                + $"'{ExchangeException.Named(reference.Field, "that was sent")}' that takes a record's id.");

    private IndexKey KeyOf(RecordKind target, RecordReference reference, string path) => reference.KeyCase switch
    {
        Key.ExternalKey => RecordResolver.ExternalIndexKey(reference.ExternalKey),
        Key.IdNumber when target.PersonIndex is not { } => throw ExchangeException.Invalid(
            $"{path}.id_number", $"A {target.Name} isn't found by an ID number. Send its external key."),
        Key.IdNumber => PersonRules.Token(reference.IdNumber, tokens) is { Length: > 0 } token
            ? new IndexKey(target.PersonIndex!, token, Unique: true)
            : throw ExchangeException.Invalid(
                $"{path}.id_number",
                "It is no citizen ID number. Compare it with the card, or leave the reference out."),
        _ => throw ExchangeException.Invalid(path, "Set external_key or id_number."),
    };
}
