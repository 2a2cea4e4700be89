using System.Reflection;
using System.Text.Json.Nodes;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Exchange.Client.Samples;

/// <summary>
/// Carries out the steps of scenarios with this client: one JSON line in, one out. ../../scenarios/README.md describes
/// them.
/// </summary>
internal static class Scenarios
{
    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(
        VacancyServiceReflection.Descriptor, PlacementServiceReflection.Descriptor, NodeServiceReflection.Descriptor,
        WorkerReflection.Descriptor, Google.Rpc.ErrorDetailsReflection.Descriptor);

    private static readonly JsonFormatter Formatter = new(new JsonFormatter.Settings(false, Types));
    private static readonly JsonParser Parser = new(new JsonParser.Settings(JsonParser.Settings.Default.RecursionLimit, Types));
    private static readonly Dictionary<string, ScenarioWatch> Watches = [];
    private static ExchangeClient? _client;

    public static async Task RunAsync()
    {
        var versions = $".NET {Environment.Version}, Grpc.Net.Client {Version(typeof(Grpc.Net.Client.GrpcChannel))}, "
            + $"Google.Protobuf {Version(typeof(IMessage))}";
        Write(new JsonObject { ["language"] = "C#", ["versions"] = versions });
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            JsonObject answer;
            try
            {
                answer = await DoAsync(JsonNode.Parse(line)!.AsObject());
            }
            catch (ExchangeException error)
            {
                answer = new JsonObject { ["error"] = Describe(error) };
            }
            catch (Exception failure)
            {
                answer = new JsonObject { ["failure"] = failure.ToString() };
            }

            Write(answer);
        }
    }

    public static JsonObject Json(IMessage message) => JsonNode.Parse(Formatter.Format(message))!.AsObject();

    public static T Read<T>(JsonNode? json)
        where T : IMessage<T>, new() => Parser.Parse<T>(json?.ToJsonString() ?? "{}");

    public static JsonObject Describe(ExchangeException error) => new()
    {
        ["code"] = CodeName.Of(error.Code),
        ["reason"] = error.Reason,
        ["metadata"] = new JsonObject(error.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["violations"] = new JsonArray([.. error.Violations.Select(bad =>
            new JsonObject { ["field"] = bad.Field, ["description"] = bad.Description })]),
    };

    private static string? Version(Type type) => type.Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static void Write(JsonObject answer)
    {
        Console.WriteLine(answer.ToJsonString());
        Console.Out.Flush();
    }

    private static async Task<JsonObject> DoAsync(JsonObject step)
    {
        var client = _client!;
        switch ((string)step["op"]!)
        {
            case "connect":
                _client?.Dispose();
                _client = ExchangeClient.Connect((string)step["address"]!, new ConnectOptions
                {
                    Token = (string?)step["token"],
                    Certificate = (string?)step["certificate"],
                    ClientCertificate = (string?)step["clientCertificate"],
                    ClientKey = (string?)step["clientKey"],
                });
                return [];
            case "call":
                return new JsonObject { ["response"] = Json(await CallAsync(client, step)) };
            case "list":
                return await ListAsync(client, step);
            case "publish":
                return await PublishAsync(client, step);
            case "watch":
                Watches[(string)step["watch"]!] = new ScenarioWatch(client, step);
                return [];
            case "take":
                return await Watches[(string)step["watch"]!].TakeAsync(step);
            case "stop":
                using (var watch = Watches[(string)step["watch"]!])
                {
                    return await watch.StopAsync();
                }

            default:
                var message = Types.Find((string)step["type"]!).Parser.ParseFrom(
                    Convert.FromBase64String((string)step["bytes"]!));
                return new JsonObject { ["bytes"] = Convert.ToBase64String(message.ToByteArray()) };
        }
    }

    private static async Task<IMessage> CallAsync(ExchangeClient client, JsonObject step)
    {
        var request = step["request"];
        DateTime? deadline = step["deadlineMs"] is { } limit
            ? TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds((int)limit)
            : null;
        var options = new CallOptions(deadline: deadline);
        return (string)step["method"]! switch
        {
            "vacancies.GetVacancy" => await client.Vacancies.GetVacancyAsync(Read<GetVacancyRequest>(request), options),
            "vacancies.ListVacancies" =>
                await client.Vacancies.ListVacanciesAsync(Read<ListVacanciesRequest>(request), options),
            "records.BatchPutRecords" =>
                await client.Records.BatchPutRecordsAsync(Read<BatchPutRecordsRequest>(request), options),
            "placements.RecordPlacementEvent" =>
                await client.Placements.RecordPlacementEventAsync(Read<RecordPlacementEventRequest>(request), options),
            "node.GetNode" => await client.Node.GetNodeAsync(Read<GetNodeRequest>(request), options),
            var other => throw new NotSupportedException(other),
        };
    }

    private static async Task<JsonObject> ListAsync(ExchangeClient client, JsonObject step)
    {
        var found = new JsonArray();
        var filter = Read<VacancyFilter>(step["filter"]);
        await foreach (var vacancy in client.ListVacanciesAsync(filter, (int?)step["pageSize"] ?? 0))
        {
            found.Add(Json(vacancy));
        }

        return new JsonObject { ["vacancies"] = found };
    }

    private static async Task<JsonObject> PublishAsync(ExchangeClient client, JsonObject step)
    {
        var answers = new JsonArray();
        var resumedAfter = 0UL;
        await client.PublishVacanciesAsync(
            (string)step["publisher"]!,
            (string)step["stream"]!,
            number =>
            {
                resumedAfter = number;
                return step["items"]!.AsArray().Skip((int)number).Select(Read<PublishVacancyItem>).ToAsyncEnumerable();
            },
            (_, answer) =>
            {
                var told = Json(answer);
                if (answer.Error is not null)
                {
                    told["error"] = Describe(ExchangeException.Of(answer.Error));
                }

                answers.Add(told);
                return Task.CompletedTask;
            });
        return new JsonObject { ["answers"] = answers, ["resumedAfter"] = resumedAfter };
    }
}
