using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Exchange.Node.JsonDoor;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Tests.Attacks;

/// <summary>Makes requests over HTTP/1.1 from descriptors and a seed.</summary>
internal sealed class AttackJson(Random random, AttackWords words)
{
    private const int Deepest = 5;

    private static readonly string[] NoJson =
    [
        "", "{", "nul", "[]", "\"\"", "{\"a\":1,\"a\":2}", "{\"\\ud800\":1}", "{'kind':'vacancy'}", "{\"number\":1e400}", "{,}",
        "NaN", "\ufeff{}", "{\"items\":[{\"record\":{\"payload\":{\"@type\":5}}}]}", "{} {}",
        "{\"items\":[{\"record\":{\"payload\":{}}}]}", "{\"items\":[null]}", "{\"items\":null}", "// \n{}",
        "{\"items\":[{\"record\":{\"payload\":{\"@type\":\"x/google.protobuf.Any\"}}}]}",
    ];

    private static readonly string[] NoValues =
    [
        "null", "-1", "1e400", "\"\"", "{}", "[]", "[[]]", "true", "\"AAA=!\"", "99999999999999999999", "1.5",
        "\"2026-13-99T99:99:99Z\"",
    ];

    public HttpRequestMessage Make(MethodDescriptor method, JsonRule rule, AttackKind kind, Uri node)
    {
        var type = method.InputType;
        var path = rule.Path;
        foreach (var field in rule.PathFields())
        {
            var word = words.For(type.FindFieldByName(field), random);
            path = path.Replace($"{{{field}}}", Uri.EscapeDataString(word), StringComparison.Ordinal);
        }

        path += rule.HasBody ? "" : Query(type, kind);
        var http = new HttpRequestMessage(new HttpMethod(rule.Verb), new Uri(node, path))
        {
            Version = HttpVersion.Version11,
        };
        if (rule.HasBody)
        {
            http.Content = new ByteArrayContent(Body(type, kind));
            http.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return http;
    }

    private byte[] Body(MessageDescriptor type, AttackKind kind)
    {
        var text = Object(type, kind, 0);
        if (kind == AttackKind.JsonMix)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = random.Next(6) switch
        {
            0 => Encoding.UTF8.GetBytes(NoJson[random.Next(NoJson.Length)]),
            1 => Encoding.UTF8.GetBytes(Deep()),
            2 => Encoding.UTF8.GetBytes(text)[..random.Next(text.Length)],
            3 => Encoding.Latin1.GetBytes(text + "ÿþ"),
            4 => Encoding.UTF8.GetBytes($"{{\"{new string('x', random.Next(6 << 20))}\":1}}"),
            _ => Encoding.UTF8.GetBytes(text),
        };
        return bytes;
    }

    private string Deep()
    {
        var depth = random.Next(30, 20_000);
        return random.Next(2) == 0
            ? "{\"items\":" + new string('[', depth) + new string(']', depth) + "}"
            : string.Concat(Enumerable.Repeat("{\"record\":", depth)) + "1" + new string('}', depth);
    }

    private string Query(MessageDescriptor type, AttackKind kind)
    {
        var parts = new List<string>();
        foreach (var field in type.Fields.InFieldNumberOrder().Where(_ => random.Next(3) > 0))
        {
            if (field.FieldType != FieldType.Message)
            {
                parts.Add($"{field.Name}={Uri.EscapeDataString(Scalar(field, kind).Trim('"'))}");
            }
            else
            {
                var inner = field.MessageType.Fields.InFieldNumberOrder();
                var one = inner.Count > 0 ? inner[random.Next(inner.Count)].Name : "nothing";
                parts.Add($"{field.Name}.{one}={Uri.EscapeDataString(NoValues[random.Next(NoValues.Length)])}");
            }
        }

        if (kind == AttackKind.JsonGarbage)
        {
            parts.Add(random.Next(5) switch
            {
                0 => "%ff%fe=%00",
                1 => string.Join('.', Enumerable.Repeat("filter", random.Next(1, 300))) + "=1",
                2 => "=&&=&.=.&..=1",
                3 => "page_size=" + new string('9', random.Next(1, 400)),
                _ => "horse=1",
            });
        }

        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }

    private string Object(MessageDescriptor type, AttackKind kind, int depth)
    {
        var parts = new List<string>();
        if (type.FullName == "google.protobuf.Any")
        {
            type = AttackWords.PayloadType(random);
            parts.Add($"\"@type\":\"type.googleapis.com/{type.FullName}\"");
        }

        foreach (var field in type.Fields.InFieldNumberOrder().Where(_ => random.Next(4 + depth) <= 2))
        {
            var value = field switch
            {
                { IsRepeated: true, IsMap: false } =>
                    $"[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(field, kind, depth)))}]",
                { IsMap: true } => "{}",
                _ => Value(field, kind, depth),
            };
            parts.Add($"\"{field.JsonName}\":{value}");
        }

        return $"{{{string.Join(',', parts)}}}";
    }

    private string Value(FieldDescriptor field, AttackKind kind, int depth)
    {
        if (kind == AttackKind.JsonGarbage && random.Next(6) == 0)
        {
            return NoValues[random.Next(NoValues.Length)];
        }

        return field.FieldType != FieldType.Message ? Scalar(field, kind)
            : field.MessageType.FullName switch
            {
                "google.protobuf.Timestamp" => "\"2026-03-01T00:00:00Z\"",
                "google.protobuf.Duration" => "\"5s\"",
                "google.protobuf.FieldMask" => "\"title,headcount\"",
                _ => depth > Deepest ? "{}" : Object(field.MessageType, kind, depth + 1),
            };
    }

    private string Scalar(FieldDescriptor field, AttackKind kind) => field.FieldType switch
    {
        FieldType.String => JsonSerializer.Serialize(words.For(field, random)),
        FieldType.Bytes => "\"QUJD\"",
        FieldType.Bool => random.Next(2) == 0 ? "true" : "false",
        FieldType.Enum when kind == AttackKind.JsonMix =>
            $"\"{field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Name}\"",
        FieldType.Enum => random.Next(2) == 0 ? "999" : "\"HORSE\"",
        _ => random.Next(random.Next(3) == 0 ? 5_000 : 12).ToString(CultureInfo.InvariantCulture),
    };
}
