using System.Diagnostics;
using System.Globalization;
using Exchange.Node.Access;
using Exchange.Node.Cooperation;
using Exchange.Node.Figures;
using Exchange.Node.Matching;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Date = Google.Type.Date;
using Record = Exchange.V1.Record;

namespace Exchange.Benchmarks.Reporting;

/// <summary>
/// The county report, a page of the zero-employment list and the workers who suit a vacancy, over 30,000 and 300,000
/// workers on SQLite: how long the first one takes after a start, the p95 of the others, each right after a record was
/// written, and how they grow.
/// </summary>
internal static class ReportBenchmark
{
    private const int Batch = 2_000;
    private const int Repeats = 40;
    private const int MembersOfHousehold = 3;

    private static readonly int[] Sizes = [30_000, 300_000];

    public static async Task RunAsync(string[] args)
    {
        Console.WriteLine("county report and zero-employment list, SQLite, a write before each reading");
        var measured = new List<Measured>();
        foreach (var size in args is ["--workers", var text] ? [Number(text) / 10, Number(text)] : Sizes)
        {
            measured.Add(await MeasureAsync(size));
            var one = measured[^1];
            Console.WriteLine(Invariant(
                $"{size,8} workers: first {one.First.TotalSeconds:F1} s, {one.Memory >> 20} MiB"));
            Console.WriteLine(Invariant($"         county report p95 {one.Report:F1} ms (goal < 1000 ms)"));
            Console.WriteLine(Invariant($"         list p95 {one.List:F1} ms (goal < 1000 ms)"));
            Console.WriteLine(Invariant($"         matching one vacancy p95 {one.Match:F1} ms (goal < 1000 ms)"));
        }

        Console.WriteLine("growth for ten times the workers (goal < 10):");
        Console.WriteLine(Invariant($"         county report {measured[1].Report / measured[0].Report:F1}"));
        Console.WriteLine(Invariant($"         list {measured[1].List / measured[0].List:F1}"));
        Console.WriteLine(Invariant($"         matching one vacancy {measured[1].Match / measured[0].Match:F1}"));
    }

    private static async Task<Measured> MeasureAsync(int workers)
    {
        using var directory = new TemporaryDirectory();
        using var keys = NodeKeys.Create(directory.Path);
        var dataKeys = new DataKeys(await KeyStores.InMemoryAsync(TimeProvider.System), keys);
        var database = await RecordStores.OpenAsync(
            new StoreOptions(Path.Combine(directory.Path, "store"), "zhaotong", "sqlite"),
            TimeProvider.System,
            default);
        await using var store = new SealingStore(database, dataKeys);
        var node = new NodeIdentity("zhaotong", "zhaotong", TestNode: true);
        var codec = new RecordCodec(dataKeys, new RecordKinds(), node);
        var seed = new Seed(store, codec, keys);
        await seed.FillAsync(workers);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var book = new FigureBook(store, codec);
        var planner = new FigurePlanner(
            store, codec, new DivisionTree(store, codec, TimeProvider.System), TimeProvider.System);
        var reports = new PublishedReports(store, codec, new SyncPeers([]), node, keys);
        var desk = new FigureDesk(book, planner, reports, new TargetBook(store, codec));
        var watch = Stopwatch.StartNew();
        await ReportAsync(desk);
        var first = watch.Elapsed;
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;

        return new Measured(
            first,
            memory,
            await P95Async(seed, () => ReportAsync(desk)),
            await P95Async(seed, () => ListAsync(book)),
            await P95Async(seed, () => MatchAsync(new MatchDesk(book))));
    }

    private static async Task ReportAsync(FigureDesk desk)
    {
        var request = new GetCountyReportRequest
        {
            DivisionCode = Seed.County,
            FromDate = new Date { Year = 2018, Month = 1, Day = 1 },
            ToDate = new Date { Year = 2018, Month = 12, Day = 31 },
            SinceDate = new Date { Year = 2016, Month = 1, Day = 1 },
            PartnerDivisionCode = "4419",
        };
        var figures = await desk.AnswerAsync(
            CountyReport.Questions(request), new DateOnly(2018, 12, 31), Reach.Whole, default);
        if (!new CountyText(figures, request).Chinese().Any())
        {
            throw new InvalidOperationException("The report is empty.");
        }
    }

    private static Task<int> ListAsync(FigureBook book) => book.ReadAsync(
        tables => tables.Totals.Failing(HouseholdRule.Employed, Seed.County, default, after: null).Take(100).Count()
            + (int)tables.Totals.Sum(Seed.County, default).WithLabour,
        default);

    private static async Task MatchAsync(MatchDesk desk)
    {
        var vacancy = new Vacancy
        {
            Title = "制鞋普工",
            Occupation = new Occupation { System = "CSCO-2022", Code = "6-05-04-01", Words = "制鞋工" },
            WorkPlace = Seed.At("441900118"),
            Pay = new PayRange { Currency = "CNY", MinMinor = 400_000, MaxMinor = 550_000, Unit = PayUnit.Month },
            MinAge = 18,
            MaxAge = 50,
            MinSchooling = new Schooling { Band = SchoolingBand.Primary },
            Status = VacancyStatus.Open,
        };
        var ranking = new Ranking(most: 100, after: null);
        await desk.RankWorkersAsync(vacancy, Seed.County, new DateOnly(2018, 12, 31), ranking, default);
        if (ranking.Best().Count == 0)
        {
            throw new InvalidOperationException("Nobody suits.");
        }
    }

    private static async Task<double> P95Async(Seed seed, Func<Task> read)
    {
        var taken = new List<double>();
        for (var i = 0; i < Repeats; i++)
        {
            await seed.AddWorkerAsync(i);
            await seed.FlushAsync();
            var watch = Stopwatch.StartNew();
            await read();
            taken.Add(watch.Elapsed.TotalMilliseconds);
        }

        taken.Sort();
        return taken[(int)(Repeats * 0.95) - 1];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Measured(TimeSpan First, long Memory, double Report, double List, double Match);

    private sealed class Seed(IRecordStore store, RecordCodec codec, NodeKeys keys)
    {
        /// <summary>The one county in which everybody is: the report of all is the largest that there is.</summary>
        public const string County = "530629";

        private const int Wishes = 5_000;

        private static readonly string[] Trades = ["制鞋工", "缝纫工", "普工", "电子装接工", "家政服务员"];

        private static readonly string[] Places = ["441900118", "3301", "530627", County];

        private readonly RecordKinds _kinds = new();
        private readonly List<RecordPut> _waiting = [];
        private readonly List<string> _vacancies = [];
        private string _household = "";

        public async Task FillAsync(int workers)
        {
            foreach (var place in Places)
            {
                _vacancies.Add(await AddAsync(new Vacancy { Title = "普工", WorkPlace = At(place) }));
            }

            for (var i = 0; i < workers; i++)
            {
                await AddWorkerAsync(i);
            }

            await FlushAsync();
        }

        /// <summary>A worker of a household of three; three of four were placed.</summary>
        public async Task AddWorkerAsync(int number)
        {
            if (number % MembersOfHousehold == 0)
            {
                _household = await AddAsync(new Household { HeadName = "王大山", Place = At(County) });
            }

            var worker = await AddAsync(new Worker
            {
                Name = "王小明",
                RegisteredPlace = At(County),
                HouseholdId = _household,
                LabourCapacity = LabourCapacity.Ordinary,
                BirthDate = new Date
                {
                    Year = 1958 + (number % 47),
                    Month = 1 + (number % 12),
                    Day = 1 + (number % 28),
                },
                Schooling = new Schooling { Band = (SchoolingBand)(number % 6) },
                Willingness = Wish(number % Wishes),
                CardStatusHistory =
                {
                    new CardStatusEntry { Status = CardStatus.Poor, FromDate = new Date { Year = 2014 } },
                },
            });
            if (number / MembersOfHousehold % 4 != 0)
            {
                await AddAsync(new PlacementEvent
                {
                    PlacementId = Guid.CreateVersion7().ToString(),
                    WorkerId = worker,
                    VacancyId = _vacancies[number % _vacancies.Count],
                    SendingNode = "zhaotong",
                    ReceivingNode = "dongguan",
                    Type = PlacementEventType.Started,
                    HappenedDate = new Date { Year = 2018, Month = 1 + (number % 12), Day = 10 },
                });
            }
        }

        public async Task FlushAsync()
        {
            await store.CommitAsync(new Commit { Puts = [.. _waiting] }, default);
            _waiting.Clear();
        }

        private async Task<string> AddAsync(IMessage payload)
        {
            var kind = _kinds.FindByDescriptor(payload.Descriptor)!;
            var key = new RecordKey(kind.Name, Guid.CreateVersion7());
            var facts = kind.Describe(key.Id, payload, keys);
            var record = new Record
            {
                HomeNode = "zhaotong",
                State = RecordState.Active,
                ScopeKeys = { facts.ScopeKeys },
                SubjectIds = { facts.SubjectIds },
                Payload = Any.Pack(payload),
            };
            var encoded = codec.Encode(key, record, item: []);
            _waiting.Add(new RecordPut
            {
                Key = key,
                Envelope = encoded.Envelope,
                Payload = encoded.Payload,
                Keys = RecordIndexes.Of(key, facts, external: null),
            });
            if (_waiting.Count >= Batch)
            {
                await FlushAsync();
            }

            return key.Id.ToString();
        }

        // Some thousand wishes that differ: trades, places and what is expected, as surveys have them.
        private static Willingness Wish(int number) => new()
        {
            Kind = (WillingnessKind)(number % 3),
            Occupations = { new Occupation { Words = Trades[number % Trades.Length] } },
            Places = { At(Places[number % Places.Length]) },
            Pay = new PayRange
            {
                Currency = "CNY",
                MinMinor = 200_000 + (number * 100),
                Unit = PayUnit.Month,
            },
        };

        public static Place At(string code) => new() { DivisionCode = code, Words = "某地" };
    }
}
