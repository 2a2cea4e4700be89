using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>What the names of a payload's fields tell, worked out once for each kind.</summary>
/// <param name="Places">Where a record belongs.</param>
/// <param name="Nodes">The parties.</param>
/// <param name="Workers">The persons whom it is about.</param>
/// <param name="References">
/// Other records, by the kind that the field's name says. Those in lists don't count: they may be thousands.
/// </param>
internal sealed record NamedFields(
    IReadOnlyList<FieldDescriptor> Places,
    IReadOnlyList<FieldDescriptor> Nodes,
    IReadOnlyList<FieldDescriptor> Workers,
    IReadOnlyList<(FieldDescriptor Field, string Kind)> References)
{
    /// <summary>The kind of the persons whom records are about.</summary>
    public const string WorkerKind = "worker";

    private const string OwnPlace = "place";

    /// <summary>Reads the names.</summary>
    public static NamedFields Of(MessageDescriptor message)
    {
        var fields = message.Fields.InFieldNumberOrder();
        var texts = fields.Where(field => field is { FieldType: FieldType.String, IsRepeated: false }).ToList();
        var ids = texts.Where(field => NameRules.FormOf(field) == NamedForm.RecordId)
            .Select(field => (Field: field, Kind: KindOf(field.Name))).ToList();
        var places = fields.Where(
            field => field is { FieldType: FieldType.Message, IsRepeated: false }
                && field.MessageType == Place.Descriptor).ToList();
        return new NamedFields(
            places.Exists(field => field.Name == OwnPlace) ? places.FindAll(field => field.Name == OwnPlace) : places,
            texts.FindAll(field => NameRules.FormOf(field) == NamedForm.Node),
            ids.FindAll(id => id.Kind == WorkerKind).ConvertAll(id => id.Field),
            ids.FindAll(id => id.Kind != WorkerKind));
    }

    private static string KindOf(string name) => name[..name.LastIndexOf("_id", StringComparison.Ordinal)];
}
