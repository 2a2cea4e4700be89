using System.Collections;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.JsonDoor;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using DataDirectory = Exchange.Node.Hosting.DataDirectory;

namespace Exchange.Node.Tests.Attacks;

/// <summary>
/// A person's name and numbers in every text of every call, over both doors: no error repeats them, and no file but those
/// of the store holds them afterwards.
/// </summary>
public sealed class CanaryWalkTests
{
    private const string IdNumber = "998801199001010014";
    private const string Phone = "13987650001";
    private const int Deepest = 6;

    private static readonly string[] Canaries = ["欧阳金丝雀", IdNumber, Phone];

    private static readonly MethodDescriptor[] Methods =
        [.. NodeContract.Files.SelectMany(file => file.Services).SelectMany(service => service.Methods)];

    [Fact]
    public async Task Whatever_a_call_names_stands_in_no_error_and_in_no_file_but_the_stores()
    {
        var node = await TestNode.StartAsync("dongguan", new NodeInitPeer("zhaotong", null, "passive"));
        var data = node.Services.GetRequiredService<DataDirectory>();
        try
        {
            using var http = new HttpClient(node.NewHandler());
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", node.RunToken);
            var (refused, refusedItems) = (0, 0);
            var repeated = new ConcurrentBag<string>();
            await Parallel.ForEachAsync(
                Methods.SelectMany(method => Canaries.Select(canary => (method, canary))),
                new ParallelOptions { MaxDegreeOfParallelism = 16 },
                async (call, _) =>
                {
                    foreach (var (answer, isError, itemErrors) in await SendAsync(http, node.Address, call.method, call.canary))
                    {
                        var told = isError ? answer : itemErrors;
                        if (Holds(Encoding.UTF8.GetBytes(told), Canaries))
                        {
                            repeated.Add($"{call.method.FullName}, '{call.canary}': {told}");
                        }

                        Interlocked.Add(ref refused, isError ? 1 : 0);
                        Interlocked.Add(ref refusedItems, !isError && itemErrors.Length > 0 ? 1 : 0);
                    }
                });
            Assert.True(repeated.IsEmpty, $"{repeated.Count}\n{string.Join('\n', repeated.Order())}");
            Assert.True(refused > Methods.Length * 3, $"Only {refused} calls were refused.");
            Assert.True(refusedItems > 0, "No item of an answer was refused.");
            await node.StopAsync();

            Assert.DoesNotContain(Written(data), file => Holds(File.ReadAllBytes(file), Canaries));
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_exception_that_nobody_expected_tells_its_caller_nothing_and_the_log_no_number()
    {
        var node = await TestNode.StartEmptyAsync("dongguan", TimeProvider.System, services =>
            services.AddSingleton<IRecordStore>(provider => new Broken(provider.GetRequiredService<SealingStore>())));
        var data = node.Services.GetRequiredService<DataDirectory>();
        try
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () =>
                await node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "station" }));
            await node.StopAsync();

            string[] numbers = [IdNumber, Phone];
            Assert.Equal(StatusCode.Internal, error.StatusCode);
            Assert.False(Holds(Encoding.UTF8.GetBytes(error.ToString()), numbers));
            var written = Written(data).ToDictionary(file => file, File.ReadAllBytes);
            Assert.DoesNotContain(written.Values, bytes => Holds(bytes, numbers));
            Assert.Contains(written.Values, bytes => Encoding.UTF8.GetString(bytes)
                .Contains($"nobody expected {RedactedText.Instead} and {RedactedText.Instead}", StringComparison.Ordinal));
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("a line with 欧阳金丝雀 in it", true)]
    [InlineData("/v1/records/%E6%AC%A7%E9%98%B3%E9%87%91%E4%B8%9D%E9%9B%80", true)]
    [InlineData("{\"name\":\"\\u6b27\\u9633\\u91d1\\u4e1d\\u96c0\"}", true)]
    [InlineData("id 998801199001010014", true)]
    [InlineData("id 998801*********0014", false)]
    public void A_canary_is_found_however_it_is_written(string text, bool isFound) =>
        Assert.Equal(isFound, Holds(Encoding.UTF8.GetBytes(text), Canaries));

    [Fact]
    public async Task What_an_item_names_is_told_back_in_none_of_its_errors()
    {
        await using var node = await TestNode.StartAsync("dongguan");
        PutRecordItem Item(RecordReference? reference = null, string path = "") => new()
        {
            Record = new V1.Record { Kind = "station", Payload = Any.Pack(new Station { Name = "工作站" }) },
            References = { reference is null ? [] : new[] { reference } },
            UpdateMask = path.Length > 0 ? new FieldMask { Paths = { path } } : null,
        };
        var kind = Item();
        kind.Record.Kind = Canaries[0];
        PutRecordItem[] items =
        [
            kind,
            Item(new RecordReference { Field = Canaries[0], Kind = "labour_agreement" }),
            Item(new RecordReference { Field = "labour_agreement_id", Kind = Canaries[0] }),
            Item(path: Canaries[0]),
        ];

        var answers = (await node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { items } })).Answers;

        string[] words = ["doesn't know the kind", "has no field", "knows no kind", "is no field of"];
        Assert.Equal(words.Length, answers.Count);
        Assert.All(answers, (answer, i) =>
        {
            Assert.Contains(words[i], answer.Error.Message, StringComparison.Ordinal);
            Assert.False(Holds(answer.Error.ToByteArray(), Canaries), answer.Error.Message);
        });
    }

    private static async Task<List<(string Text, bool IsError, string ItemErrors)>> SendAsync(
        HttpClient http, Uri node, MethodDescriptor method, string canary)
    {
        var answers = new List<(string, bool, string)>();
        var message = Filled(method.InputType, canary, 0);
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        var request = new AttackRequest(method, AttackKind.FieldMix, frame, [("grpc-timeout", "300m")]);
        if (!PermissionTable.IsForPartners(PermissionTable.PathOf(method)))
        {
            answers.Add(await AskAsync(http, request.ToHttp(node), bytes => ItemErrorsOfFrames(method, bytes)));
        }

        if (JsonRule.Of(method) is { } rule && !method.IsServerStreaming)
        {
            var path = rule.PathFields().Aggregate(rule.Path, (path, field) =>
                path.Replace($"{{{field}}}", Uri.EscapeDataString(canary), StringComparison.Ordinal));
            var query = string.Join('&', method.InputType.Fields.InFieldNumberOrder()
                .Where(field => field is { FieldType: FieldType.String } && !path.Contains(field.Name, StringComparison.Ordinal))
                .Select(field => $"{field.JsonName}={Uri.EscapeDataString(canary)}"));
            using var json = new HttpRequestMessage(
                new HttpMethod(rule.Verb), new Uri(node, rule.HasBody || query.Length == 0 ? path : $"{path}?{query}"));
            json.Content = rule.HasBody
                ? new StringContent(JsonFormatter.Default.Format(message), Encoding.UTF8, "application/json")
                : null;
            answers.Add(await AskAsync(http, json, ItemErrorsOfJson));
        }

        return answers;
    }

    // The answer, headers and trailers, and the errors in it; that of a call which was cut off is empty.
    private static async Task<(string Text, bool IsError, string ItemErrors)> AskAsync(
        HttpClient http, HttpRequestMessage request, Func<byte[], IEnumerable<string>> itemErrors)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var body = await response.Content.ReadAsByteArrayAsync();
            var text = Encoding.UTF8.GetString(body);
            var headers = response.Headers.Concat(response.TrailingHeaders)
                .Where(header => header.Key.StartsWith("grpc-", StringComparison.Ordinal))
                .ToDictionary(header => header.Key, header => string.Join(',', header.Value));
            var details = headers.GetValueOrDefault("grpc-status-details-bin", "");
            var plain = Encoding.UTF8.GetString(Convert.FromBase64String(
                details + new string('=', (4 - (details.Length % 4)) % 4)));
            var isError = !response.IsSuccessStatusCode || headers.GetValueOrDefault("grpc-status", "0") != "0";
            return (
                $"{text} {Uri.UnescapeDataString(headers.GetValueOrDefault("grpc-message", ""))} {plain}",
                isError,
                isError ? "" : string.Join('\n', itemErrors(body)));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return ("", false, "");
        }
    }

    private static IEnumerable<string> ItemErrorsOfFrames(MethodDescriptor method, byte[] body)
    {
        for (var at = 0; at + 5 <= body.Length;)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            if (length > body.Length - at - 5)
            {
                yield break;
            }

            var answer = method.OutputType.Parser.ParseFrom(body.AsSpan(at + 5, length).ToArray());
            at += 5 + length;
            foreach (var error in ItemErrors(answer))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<string> ItemErrors(IMessage message) => message is Google.Rpc.Status status
        ? [Encoding.UTF8.GetString(status.ToByteArray())]
        : message.Descriptor.Fields.InFieldNumberOrder()
            .Where(field => field is { FieldType: FieldType.Message, IsMap: false })
            .Select(field => field.Accessor.GetValue(message))
            .SelectMany(value => value as IEnumerable<IMessage> ?? (value is IMessage one ? [one] : []))
            .SelectMany(ItemErrors);

    private static IEnumerable<string> ItemErrorsOfJson(byte[] body)
    {
        if (body is not [(byte)'{', ..])
        {
            return [];
        }

        using var json = JsonDocument.Parse(body);
        return [.. ErrorsIn(json.RootElement)];
    }

    private static IEnumerable<string> ErrorsIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field =>
            field is { Name: "error", Value.ValueKind: JsonValueKind.Object }
                ? [field.Value.GetRawText()]
                : ErrorsIn(field.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(ErrorsIn),
        _ => [],
    };

    private static IMessage Filled(MessageDescriptor type, string canary, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            object? value = field.FieldType switch
            {
                FieldType.String => canary,
                FieldType.Bytes => ByteString.CopyFromUtf8(canary),
                FieldType.Message when !field.IsMap && depth < Deepest
                    && field.MessageType.File.Package.StartsWith("exchange", StringComparison.Ordinal)
                    => Filled(field.MessageType, canary, depth + 1),
                _ => null,
            };
            if (value is null || field.IsMap)
            {
                continue;
            }

            if (field.IsRepeated)
            {
                ((IList)field.Accessor.GetValue(message)).Add(value);
            }
            else
            {
                field.Accessor.SetValue(message, value);
            }
        }

        return message;
    }

    private static IEnumerable<string> Written(DataDirectory data) =>
        Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories).Where(file =>
            !file.StartsWith(data.Keys, StringComparison.Ordinal) && !file.StartsWith(data.Store, StringComparison.Ordinal));

    // As text, as in an address, as JSON writes it, and in UTF-16.
    private static bool Holds(byte[] bytes, string[] canaries) => canaries
        .SelectMany(canary => new[]
        {
            Encoding.UTF8.GetBytes(canary),
            Encoding.UTF8.GetBytes(Uri.EscapeDataString(canary)),
            Encoding.UTF8.GetBytes(string.Concat(canary.Select(letter => $"\\u{(int)letter:x4}"))),
            Encoding.Unicode.GetBytes(canary),
        })
        .Any(pattern => bytes.AsSpan().IndexOf(pattern) >= 0);

    private sealed class Broken(IRecordStore inner) : DelegatingStore(inner)
    {
        public override Task<RecordPage> QueryAsync(RecordQuery query, CancellationToken cancellationToken) =>
            query.Kind == "station"
                ? throw new InvalidTimeZoneException($"nobody expected {IdNumber} and {Phone}")
                : base.QueryAsync(query, cancellationToken);
    }
}
