using System.Globalization;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using DataDirectory = Exchange.Node.Hosting.DataDirectory;

namespace Exchange.Benchmarks.Syncing;

/// <summary>
/// Fills a node's store with workers of about 300 bytes and their households, past the checks but through codec and
/// commit.
/// </summary>
internal static class WorkerSeed
{
    private const int Transaction = 1_000;
    private const int WorkersPerHousehold = 4;

    // Households are numbered from here, so that their ids are none of the workers'.
    private const int FirstHousehold = 1_000_000_000;

    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Writes every worker anew in the given generation; a generation above 0 updates the first ones. Generation 0
    /// begins with the households that they name.
    /// </summary>
    /// <returns>How many records were written.</returns>
    public static async Task<int> WriteAsync(DataDirectory data, string node, int generation, int count, int first = 0)
    {
        using var keys = NodeKeys.Load(data.Keys);
        var (store, dataKeys) = await OpenAsync(data, node, keys);
        await using var held = store;
        Task last = Task.CompletedTask;
        var households = generation == 0 ? Households(dataKeys, keys, node, first, count) : [];
        var written = 0;
        foreach (var puts in households.Concat(Workers(dataKeys, keys, node, generation, first, count)).Chunk(Transaction))
        {
            await last;
            written += puts.Length;
            last = store.CommitAsync(new Commit { Puts = puts }, CancellationToken.None);
        }

        await last;
        return written;
    }

    /// <summary>
    /// Returns the records a second that a receiver's engine takes when everything about them is done: in commits of a
    /// thousand, sealed, with their keys.
    /// </summary>
    public static async Task<double> MeasureBulkAsync(DataDirectory data, string node, int count)
    {
        using var keys = NodeKeys.Load(data.Keys);
        var (store, dataKeys) = await OpenAsync(data, node, keys);
        await using var held = store;
        var commits = Workers(dataKeys, keys, node, generation: 0, first: 0, count).Chunk(Transaction).ToList();
        var figure = await Figure.MeasureAsync(count, async () =>
        {
            foreach (var puts in commits)
            {
                await store.CommitAsync(new Commit { Puts = puts }, CancellationToken.None);
            }
        });
        return figure.PerSecond;
    }

    /// <summary>One worker's payload.</summary>
    public static ByteString Payload(int number, int generation = 0) => new Worker
    {
        Name = "王小明",
        IdNumber = string.Create(CultureInfo.InvariantCulture, $"999999{19700101 + number % 300000}{number % 10000:0000}"),
        Sex = number % 2 == 0 ? Sex.Male : Sex.Female,
        RegisteredPlace = new Place { DivisionCode = "530627101", Words = "镇雄县乌峰街道某村民委员会第三村民小组" },
        Phone = string.Create(CultureInfo.InvariantCulture, $"199{number:00000000}"),
        Schooling = new Schooling { Code = "70", Band = SchoolingBand.Junior, Words = "初中" },
        LabourCapacity = LabourCapacity.Ordinary,
        EmploymentStatus = EmploymentStatus.Transferred,
        Willingness = new Willingness { Kind = WillingnessKind.Transfer },
        HouseholdId = Id(FirstHousehold + number / WorkersPerHousehold).ToString(),
        Remark = string.Create(CultureInfo.InvariantCulture, $"第{generation}次登记，愿意到东莞务工，会操作平车，需要住宿，第{number}号"),
    }.ToByteString();

    private static async Task<(SealingStore Store, DataKeys Keys)> OpenAsync(
        DataDirectory data, string node, NodeKeys keys)
    {
        var database = await RecordStores.OpenAsync(
            new StoreOptions(data.Store, node, "sqlite"), TimeProvider.System, CancellationToken.None);
        var keyStore = await KeyStores.OpenAsync(
            data.Keys, node, database, TimeProvider.System, CancellationToken.None);
        var dataKeys = new DataKeys(keyStore, keys);
        return (new SealingStore(database, dataKeys), dataKeys);
    }

    private static IEnumerable<RecordPut> Workers(
        DataKeys dataKeys, NodeKeys keys, string node, int generation, int first, int count)
    {
        var codec = new RecordCodec(dataKeys, new RecordKinds(), new NodeIdentity(node, node, TestNode: true));
        return Enumerable.Range(first, count).Select(number => Put(
            codec, keys, node, new RecordKey("worker", Id(number)), "Worker", Payload(number, generation), number));
    }

    private static IEnumerable<RecordPut> Households(
        DataKeys dataKeys, NodeKeys keys, string node, int first, int count)
    {
        var codec = new RecordCodec(dataKeys, new RecordKinds(), new NodeIdentity(node, node, TestNode: true));
        var from = FirstHousehold + first / WorkersPerHousehold;
        var end = FirstHousehold + (first + count - 1) / WorkersPerHousehold;
        return Enumerable.Range(from, end - from + 1).Select(number => Put(
            codec, keys, node, new RecordKey("household", Id(number)), "Household", Household(number), number));
    }

    private static ByteString Household(int number) => new Household
    {
        HeadName = "王大明",
        HeadIdNumber = string.Create(
            CultureInfo.InvariantCulture, $"999999{19500101 + number % 300000}{number % 10000:0000}"),
        Place = new Place { DivisionCode = "530627101", Words = "镇雄县乌峰街道某村民委员会第三村民小组" },
        MemberCount = WorkersPerHousehold,
    }.ToByteString();

    private static RecordPut Put(
        RecordCodec codec, NodeKeys keys, string node, RecordKey key, string message, ByteString payload, int number)
    {
        var record = new Record
        {
            HomeNode = node,
            State = RecordState.Active,
            LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
            PayloadHash = RecordCodec.Hash(payload.Span),
            Payload = new Any { TypeUrl = "type.googleapis.com/exchange.v1." + message, Value = payload },
            ScopeKeys = { new ScopeKey { Name = "division", Value = "530627101" } },
            SubjectIds = { key.Id.ToString() },
        };
        var encoded = codec.Encode(key, record, item: []);
        return new RecordPut
        {
            Key = key,
            Envelope = encoded.Envelope,
            Payload = encoded.Payload,
            Keys =
            [
                new IndexKey(IndexNames.Person, keys.Token(number.ToString(CultureInfo.InvariantCulture)), Unique: true),
                new IndexKey(IndexNames.Division, "530627101"),
            ],
        };
    }

    // The same number has the same id in every generation, and ids rise with the numbers.
    private static Guid Id(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(Start.AddMilliseconds(number)).TryWriteBytes(bytes, bigEndian: true, out _);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes[12..], number);
        bytes[6] = 0x70;
        bytes[7] = 0;
        bytes[8] = 0x80;
        bytes[9..12].Clear();
        return new Guid(bytes, bigEndian: true);
    }
}
