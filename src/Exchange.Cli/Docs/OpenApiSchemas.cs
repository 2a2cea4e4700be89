using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;

namespace Exchange.Cli.Docs;

/// <summary>Messages and enums as OpenAPI schemas, of all that is asked for and all that these hold.</summary>
internal sealed class OpenApiSchemas(IReadOnlyList<FileDescriptor> files)
{
    private const string StatusName = "google.rpc.Status";

    private readonly SortedDictionary<string, JsonObject> _used = new(StringComparer.Ordinal);

    private readonly Dictionary<string, FieldDescriptor> _described = files
        .SelectMany(file => file.MessageTypes).SelectMany(AllOf).SelectMany(type => type.Fields.InDeclarationOrder())
        .ToDictionary(field => field.FullName);

    /// <summary>The message is one text in JSON, such as a time.</summary>
    public static bool IsText(MessageDescriptor message) => message.FullName
        is "google.protobuf.Timestamp" or "google.protobuf.Duration" or "google.protobuf.FieldMask";

    /// <summary>All schemas that were asked for.</summary>
    public JsonObject Used() =>
        new(_used.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    /// <summary>The comment of a field, on one line.</summary>
    public string CommentOf(FieldDescriptor field) =>
        _described.TryGetValue(field.FullName, out var described) ? Markdown.Sentence(described) : "";

    /// <summary>Why a call failed.</summary>
    public JsonNode Status()
    {
        _used[StatusName] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["code"] = new JsonObject { ["type"] = "integer", ["description"] = "A number of google.rpc.Code." },
                ["message"] = new JsonObject { ["type"] = "string", ["description"] = "For people." },
                ["details"] = new JsonObject
                {
                    ["type"] = "array",
                    ["description"] = "The first is a google.rpc.ErrorInfo, whose reason stands in errors.md.",
                    ["items"] = AnyMessage(),
                },
            },
        };
        return Reference(StatusName);
    }

    /// <summary>A message.</summary>
    public JsonNode Of(MessageDescriptor message) => message.FullName switch
    {
        "google.protobuf.Any" => AnyMessage(),
        "google.protobuf.Timestamp" => Text("date-time"),
        "google.protobuf.Duration" or "google.protobuf.FieldMask" => Text(format: null),
        StatusName => Status(),
        _ => Message(message),
    };

    /// <summary>What a field holds.</summary>
    public JsonNode OfValue(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = OfOne(field.MessageType.FindFieldByNumber(2)),
            };
        }

        return field.IsRepeated ? new JsonObject { ["type"] = "array", ["items"] = OfOne(field) } : OfOne(field);
    }

    private JsonObject Message(MessageDescriptor message)
    {
        if (!_used.ContainsKey(message.FullName))
        {
            var properties = new JsonObject();
            var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };

            // Noted first: messages may hold themselves.
            _used[message.FullName] = schema;
            foreach (var field in message.Fields.InDeclarationOrder())
            {
                var value = OfValue(field);
                var comment = CommentOf(field);

                // Beside a reference nothing else may stand.
                properties[field.JsonName] = comment.Length == 0 ? value
                    : value["$ref"] is null ? WithComment(value, comment)
                    : new JsonObject { ["allOf"] = new JsonArray(value), ["description"] = comment };
            }
        }

        return Reference(message.FullName);
    }

    private JsonNode OfOne(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType),
        FieldType.Enum => Enum(field.EnumType),
        FieldType.Bool => new JsonObject { ["type"] = "boolean" },
        FieldType.String => Text(format: null),
        FieldType.Bytes => Text("byte"),
        FieldType.Double or FieldType.Float => new JsonObject { ["type"] = "number" },
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 or FieldType.UInt32 or FieldType.Fixed32 =>
            new JsonObject { ["type"] = "integer" },

        // JavaScript's numbers can't hold them.
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Text("int64"),
        _ => Text("uint64"),
    };

    private JsonObject Enum(EnumDescriptor type)
    {
        _used[type.FullName] = new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. type.Values.Select(value => JsonValue.Create(value.Name))]),
        };
        return Reference(type.FullName);
    }

    private static IEnumerable<MessageDescriptor> AllOf(MessageDescriptor message) =>
        message.NestedTypes.SelectMany(AllOf).Prepend(message);

    private static JsonNode WithComment(JsonNode schema, string comment)
    {
        schema["description"] = comment;
        return schema;
    }

    private static JsonObject AnyMessage() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["@type"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "Which message the other fields are of: type.googleapis.com/exchange.v1.Vacancy.",
            },
        },
        ["additionalProperties"] = true,
    };

    private static JsonObject Text(string? format) => format is null
        ? new JsonObject { ["type"] = "string" }
        : new JsonObject { ["type"] = "string", ["format"] = format };

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };
}
