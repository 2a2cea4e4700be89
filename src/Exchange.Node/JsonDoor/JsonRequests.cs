using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Exchange.Node.JsonDoor;

/// <summary>Makes a request's message of its body, its path and its query.</summary>
internal static class JsonRequests
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="ExchangeException">It can't be read; why is said without what was sent.</exception>
    public static async Task<IMessage> ReadAsync(HttpContext http, JsonRule rule, MessageDescriptor descriptor)
    {
        var tree = new JsonObject();
        if (rule.HasBody)
        {
            tree = await BodyAsync(http.Request, http.RequestAborted);
        }
        else
        {
            foreach (var (name, values) in http.Request.Query)
            {
                Place(tree, descriptor, name, [.. values.OfType<string>()]);
            }
        }

        foreach (var field in rule.PathFields())
        {
            tree.Remove(descriptor.FindFieldByName(field).JsonName);
            Place(tree, descriptor, field, [(string)http.Request.RouteValues[field]!]);
        }

        if (ContractJson.TryRead(tree, descriptor) is { } message)
        {
            return message;
        }

        var fault = JsonFault.Of(tree, descriptor);
        throw ExchangeException.Invalid(fault.Field, fault.Description);
    }

    private static async Task<JsonObject> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
        {
            throw Unreadable("Send the body as application/json in UTF-8.");
        }

        var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MessageSizes.MaxBytes)
            {
                throw FrameworkErrors.TooLarge();
            }
        }

        try
        {
            var text = Utf8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
            return text.Length == 0 ? [] : JsonNode.Parse(text, documentOptions: Strict) as JsonObject
                ?? throw Unreadable("The body must be a JSON object.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last is half of a surrogate pair in a name.
            throw Unreadable(exception is JsonException { LineNumber: { } line }
                ? $"The body isn't JSON; see line {line + 1}."
                : "The body isn't JSON in UTF-8, or names a field twice.");
        }
    }

    // A parameter names a field by its name in the contract or in JSON, and what is in a message with dots.
    private static void Place(JsonObject tree, MessageDescriptor descriptor, string name, string[] values)
    {
        var parts = name.Split('.');
        for (var i = 0; ; i++)
        {
            var field = descriptor.Fields.InDeclarationOrder()
                .FirstOrDefault(field => field.Name == parts[i] || field.JsonName == parts[i])
                ?? throw Unreadable($"{descriptor.FullName} has no field of a query parameter that was sent.");
            if (i == parts.Length - 1)
            {
                tree[field.JsonName] = field.IsRepeated
                    ? new JsonArray([.. values.Select(value => ValueOf(field, value))])
                    : ValueOf(field, values.Length > 0 ? values[^1] : "");
                return;
            }

            if (field.FieldType != FieldType.Message || field.IsRepeated)
            {
                throw Unreadable($"{field.FullName} has no fields of its own.");
            }

            descriptor = field.MessageType;
            tree = (tree[field.JsonName] ??= new JsonObject()) as JsonObject
                ?? throw Unreadable($"{field.FullName} was sent whole and in parts.");
        }
    }

    // The parser takes numbers and enums as text; only true and false have to be what they are.
    private static JsonValue ValueOf(FieldDescriptor field, string value) =>
        field.FieldType == FieldType.Bool && bool.TryParse(value, out var yes)
            ? JsonValue.Create(yes)
            : JsonValue.Create(value);

    private static ExchangeException Unreadable(string message) =>
        new(StatusCode.InvalidArgument, ErrorReason.CallUnreadable, message);
}
