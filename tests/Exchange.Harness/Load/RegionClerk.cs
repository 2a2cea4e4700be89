using System.Collections.Concurrent;
using System.Globalization;
using Exchange.Harness.Nodes;
using Exchange.Node.Generate;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Harness.Load;

/// <summary>Registers workers of the region and changes their phones, a batch at a time.</summary>
internal sealed class RegionClerk : Clerk
{
    private const int People = 200;

    private readonly List<Worker> _workers;
    private int _phone;

    public RegionClerk(HarnessNode node, int seed)
        : base(node, seed)
    {
        var generator = new RecordGenerator(new GeneratorOptions { Workers = People, Vacancies = 0, Seed = (ulong)seed });
        _workers = [.. generator.Population.Workers().Select(member => member.Worker)];
    }

    /// <summary>What was acknowledged, in order: the ID number and the phone.</summary>
    public List<(string Key, string Content)> Acknowledged { get; } = [];

    /// <summary>The ids of the workers that are registered.</summary>
    public ConcurrentDictionary<string, string> Ids { get; } = new();

    protected override async Task WriteAsync(CancellationToken quiet)
    {
        var request = new BatchPutRecordsRequest { RequestId = Guid.NewGuid().ToString() };
        var chosen = Enumerable.Range(0, Dice.Next(1, 8)).Select(_ => _workers[Dice.Next(_workers.Count)]).Distinct().ToList();
        foreach (var worker in chosen)
        {
            worker.HouseholdId = "";
            worker.Phone = string.Create(CultureInfo.InvariantCulture, $"199{++_phone:00000000}");
            request.Items.Add(new PutRecordItem
            {
                Record = new Record
                {
                    Kind = "worker",
                    LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty, Provision = "made up; no real person" },
                    Payload = Any.Pack(worker),
                },
            });
        }

        // An item that failed for the moment is asked again with the same id, as a client would.
        while (await AskAsync(options => Node.Client.Records.BatchPutRecordsAsync(request, options).ResponseAsync)
            is { } response)
        {
            if (response.Answers.FirstOrDefault(answer => answer.Error is { Code: not 14 }) is { } refused)
            {
                Refused.Add($"a worker: {refused.Error.Code} {refused.Error.Message}");
                return;
            }

            if (response.Answers.All(answer => answer.Error is null))
            {
                foreach (var (worker, answer) in chosen.Zip(response.Answers))
                {
                    Acknowledged.Add((worker.IdNumber, worker.Phone));
                    Ids[worker.IdNumber] = answer.Id;
                }

                return;
            }

            StoreFailures++;
            await RepeatAsync();
        }
    }
}
