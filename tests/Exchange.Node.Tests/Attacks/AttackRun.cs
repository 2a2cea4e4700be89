using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.JsonDoor;
using Exchange.Node.Tests.Records;
using Exchange.Node.Tests.Services;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Tests.Attacks;

/// <summary>Every rpc in turn, with every kind of attack in turn, and everything else by chance.</summary>
internal sealed class AttackRun(TestNode node, int seed) : IDisposable
{
    private const int AtATime = 16;

    // A watch that finds nothing is open until its deadline: many wait beside each other, or a run would be all waiting.
    private const int StreamsAtATime = 128;

    private const int BetweenGoodCalls = 500;

    private static readonly AttackKind[] Kinds = System.Enum.GetValues<AttackKind>();

    private static readonly MethodDescriptor[] Methods =
        [.. NodeContract.Files.SelectMany(file => file.Services).SelectMany(service => service.Methods)];

    private readonly AttackWords _words = new();
    private readonly AttackCalls _calls = new(node);

    /// <summary>
    /// So many requests meet every rpc with six kinds of attack, and every kind with a third of the rpcs.
    /// </summary>
    public static int ShortRun => Methods.Length * 6;

    public static IEnumerable<string> Rpcs => Methods.Select(NameOf);

    /// <summary>Puts something there to be read, and learns what it is called.</summary>
    public async Task LearnAsync()
    {
        await node.PublishAsync(Enumerable.Range(1, 5)
            .Select(i => VacancySamples.Item((ulong)i, $"A-{i}", VacancySamples.Sample())).ToArray());
        var worker = Samples.Worker();
        worker.HouseholdId = "";
        await node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            Items =
            {
                new PutRecordItem { Record = new Record { Kind = "worker", Payload = Any.Pack(worker) } },
                new PutRecordItem { Record = new Record { Kind = "employer", Payload = Any.Pack(Samples.Employer()) } },
            },
        });
        foreach (var method in Methods.Where(method => !method.IsClientStreaming))
        {
            // By hand, because an attacker would begin with what is asked for most.
            byte[] asked = method.Name is "ListRecords" ? new ListRecordsRequest { Kind = "worker", PageSize = 1 }.ToByteArray()
                : method.Name is "ListVacancies" ? new ListVacanciesRequest { PageSize = 2 }.ToByteArray()
                : [];
            var request = new AttackRequest(method, AttackKind.FieldMix, [0, 0, 0, 0, (byte)asked.Length, .. asked], []);
            await _calls.SendAsync(
                request, IsForPartners(method), bytes => _words.Learn(method.OutputType.Parser.ParseFrom(bytes)));
        }
    }

    /// <summary>Sends requests, several at a time; good calls in between must be answered.</summary>
    /// <param name="first">The number of the first; a request depends on the seed and its number alone.</param>
    /// <param name="count">How many.</param>
    /// <param name="table">What came of them.</param>
    public Task RunAsync(int first, int count, AttackTable table)
    {
        var numbers = Enumerable.Range(first, count).ToLookup(number => Methods[number % Methods.Length].IsServerStreaming);
        return Task.WhenAll(
            RunAsync(numbers[false], AtATime, table),
            RunAsync(numbers[true], StreamsAtATime, table));
    }

    public void Dispose() => _calls.Dispose();

    private Task RunAsync(IEnumerable<int> numbers, int atATime, AttackTable table) => Parallel.ForEachAsync(
        numbers,
        new ParallelOptions { MaxDegreeOfParallelism = atATime },
        async (number, ended) =>
        {
            await AttackAsync(number, table);
            if (number % BetweenGoodCalls == 0)
            {
                await node.Node.GetNodeAsync(new GetNodeRequest(), cancellationToken: ended);
            }
        });

    private async Task AttackAsync(int number, AttackTable table)
    {
        var random = new Random(unchecked(seed * 1_000_003 + number));
        var method = Methods[number % Methods.Length];
        var kind = Kinds[((number / Methods.Length) + (number % Methods.Length)) % Kinds.Length];
        if (kind >= AttackKind.JsonMix)
        {
            if (JsonRule.Of(method) is { } rule)
            {
                using var http = new AttackJson(random, _words).Make(method, rule, kind, node.Address);
                var told = $"request {number} of seed {seed}: {http.Method} {http.RequestUri}";
                table.Add(NameOf(method), kind, await _calls.SendAsync(http, method.IsServerStreaming), () => told);
                return;
            }

            kind = AttackKind.FieldMix;
        }

        var request = AttackRequest.Make(method, kind, random, _words);
        table.Add(
            NameOf(method),
            kind,
            await _calls.SendAsync(request, IsForPartners(method)),
            () => $"request {number} of seed {seed}: "
                + $"{Convert.ToBase64String(request.Body.AsSpan(0, Math.Min(600, request.Body.Length)))} "
                + string.Join(", ", request.Headers));
    }

    private static bool IsForPartners(MethodDescriptor method) => PermissionTable.IsForPartners(PermissionTable.PathOf(method));

    private static string NameOf(MethodDescriptor method) => $"{method.Service.Name}/{method.Name}";
}
