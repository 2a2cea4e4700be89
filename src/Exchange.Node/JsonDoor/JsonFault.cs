using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;

namespace Exchange.Node.JsonDoor;

/// <summary>Finds what is wrong with a request's JSON, and names it without repeating what was sent.</summary>
/// <param name="Field">Where, such as <c>items[0].record.payload.headcount</c>; empty for the whole.</param>
/// <param name="Description">What is wrong there.</param>
internal sealed record JsonFault(string Field, string Description)
{
    private const int MaxNameLength = 40;

    /// <summary>The first fault of a tree that the parser refused.</summary>
    public static JsonFault Of(JsonObject tree, MessageDescriptor descriptor) =>
        Find(tree, descriptor, "") ?? new JsonFault("", $"That isn't the JSON of {descriptor.FullName}.");

    private static JsonFault? Find(JsonObject tree, MessageDescriptor descriptor, string path)
    {
        foreach (var (name, value) in tree)
        {
            var field = descriptor.Fields.InDeclarationOrder()
                .FirstOrDefault(field => field.JsonName == name || field.Name == name);
            if (field is null)
            {
                return new JsonFault(path, $"{descriptor.FullName} has no field {Shown(name)}.");
            }

            if (FindIn(field, value, Join(path, field.JsonName)) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static JsonFault? FindIn(FieldDescriptor field, JsonNode? value, string path)
    {
        if (field is { IsRepeated: true, IsMap: false } && value is JsonArray items)
        {
            return items.Select((item, i) => FindOne(field, item, $"{path}[{i}]", new JsonArray(item?.DeepClone())))
                .FirstOrDefault(fault => fault is not null);
        }

        return FindOne(field, value, path, value?.DeepClone());
    }

    private static JsonFault? FindOne(FieldDescriptor field, JsonNode? value, string path, JsonNode? alone)
    {
        if (ContractJson.TryRead(new JsonObject { [field.JsonName] = alone }, field.ContainingType) is not null)
        {
            return null;
        }

        var inside = value is JsonObject tree && field is { FieldType: FieldType.Message, IsMap: false }
            ? FindInMessage(tree, field.MessageType, path)
            : null;
        return inside ?? new JsonFault(path, $"A {TypeOf(field)} can't hold that value.");
    }

    private static JsonFault? FindInMessage(JsonObject tree, MessageDescriptor descriptor, string path)
    {
        if (descriptor.FullName != "google.protobuf.Any")
        {
            return Find(tree, descriptor, path);
        }

        var type = ContractJson.Find(tree["@type"] as JsonValue is { } name ? name.ToString() : "");
        return type is null
            ? new JsonFault(path, "'@type' must name a message: type.googleapis.com/exchange.v1.Vacancy.")
            : Find(new JsonObject(tree.Where(pair => pair.Key != "@type")
                .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))), type, path);
    }

    private static string TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.FullName,
        FieldType.Enum => field.EnumType.FullName,
        var type => type.ToString().ToLowerInvariant(),
    };

    // A slip of the pen is shown; what could be anything else isn't.
    private static string Shown(string name) =>
        name.Length <= MaxNameLength && name.All(c => char.IsAsciiLetter(c) || c == '_')
            ? $"'{name}'"
            : "of a name sent";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
