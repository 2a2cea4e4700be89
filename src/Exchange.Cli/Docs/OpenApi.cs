using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.JsonDoor;
using Google.Protobuf.Reflection;

namespace Exchange.Cli.Docs;

/// <summary>Prints <c>openapi.json</c>: what can be called over HTTP with JSON, for OpenAPI 3 tools.</summary>
internal static class OpenApi
{
    private const string Introduction =
        """
        The rpcs that can be called over HTTP with JSON, as proto3 maps messages to it: fields in camel case, 64-bit
        numbers and enums as text, bytes as base64, times as RFC 3339. An error is a google.rpc.Status. A stream is one
        line of JSON for each message (application/x-ndjson); one that breaks off ends with {"error": STATUS}.
        """;

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write()
    {
        var schemas = new OpenApiSchemas(ContractDescription.Files());
        var comments = ContractDescription.Files().SelectMany(file => file.Services)
            .SelectMany(service => service.Methods).ToDictionary(method => method.FullName);
        var paths = new JsonObject();
        var methods = NodeContract.Files.SelectMany(file => file.Services).SelectMany(service => service.Methods);
        foreach (var method in methods
            .OrderBy(method => method.FullName, StringComparer.Ordinal))
        {
            if (JsonRule.Of(method) is { } rule)
            {
                var path = (JsonObject)(paths[rule.Path] ??= new JsonObject());
                path[rule.Verb.ToLowerInvariant()] = Operation(comments[method.FullName], rule, schemas);
            }
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.0.3",
            ["info"] = new JsonObject
            {
                ["title"] = "Exchange",
                ["description"] = Introduction.ReplaceLineEndings(" "),
                ["version"] = "1",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "https://127.0.0.1:7070" }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                },
                ["schemas"] = schemas.Used(),
            },
        };
        return document.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Operation(MethodDescriptor method, JsonRule rule, OpenApiSchemas schemas)
    {
        var operation = new JsonObject
        {
            ["operationId"] = $"{method.Service.Name}_{method.Name}",
            ["tags"] = new JsonArray(method.Service.Name),
            ["description"] = $"{Markdown.Comment(method)}\n\nWho may call it: "
                + ApiReference.WhoMay(PermissionTable.Rows[PermissionTable.PathOf(method)]),
        };
        var inPath = rule.PathFields().ToList();
        var parameters = new JsonArray(
            [.. inPath.Select(name => Parameter(method.InputType.FindFieldByName(name), name, "path", schemas))]);
        if (rule.HasBody)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Content("application/json", schemas.Of(method.InputType)),
            };
        }
        else
        {
            AddQuery(parameters, method.InputType, "", inPath, schemas);
        }

        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }

        operation["responses"] = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = method.IsServerStreaming ? "Lines, one message each." : "The answer.",
                ["content"] = Content(
                    method.IsServerStreaming ? "application/x-ndjson" : "application/json",
                    schemas.Of(method.OutputType)),
            },
            ["default"] = new JsonObject
            {
                ["description"] = "Why the call failed.",
                ["content"] = Content("application/json", schemas.Status()),
            },
        };
        return operation;
    }

    // What is in a message of the request is named with dots: filter.statuses.
    private static void AddQuery(
        JsonArray parameters, MessageDescriptor message, string prefix, List<string> left, OpenApiSchemas schemas)
    {
        foreach (var field in message.Fields.InDeclarationOrder().Where(field => !left.Contains(prefix + field.Name)))
        {
            if (field is { FieldType: FieldType.Message, IsRepeated: false }
                && !OpenApiSchemas.IsText(field.MessageType))
            {
                AddQuery(parameters, field.MessageType, $"{prefix}{field.JsonName}.", left, schemas);
            }
            else if (field.FieldType != FieldType.Message || !field.IsRepeated)
            {
                parameters.Add(Parameter(field, prefix + field.JsonName, "query", schemas));
            }
        }
    }

    private static JsonObject Parameter(FieldDescriptor field, string name, string place, OpenApiSchemas schemas)
    {
        var parameter = new JsonObject
        {
            ["name"] = name,
            ["in"] = place,
            ["description"] = schemas.CommentOf(field),
            ["schema"] = schemas.OfValue(field),
        };
        if (place == "path")
        {
            parameter["required"] = true;
        }

        return parameter;
    }

    private static JsonObject Content(string type, JsonNode schema) =>
        new() { [type] = new JsonObject { ["schema"] = schema } };
}
