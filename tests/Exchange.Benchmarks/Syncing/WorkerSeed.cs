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
/// Fills a node's store with workers of about 300 bytes, past the checks but through codec and commit.
/// </summary>
internal static class WorkerSeed
{
    private const int Transaction = 1_000;

    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Writes every record anew in the given generation; a generation above 0 updates the first ones.
    /// </summary>
    public static async Task WriteAsync(DataDirectory data, string node, int generation, int count, int first = 0)
    {
        using var keys = NodeKeys.Load(data.Keys);
        await using var store = await OpenAsync(data, node);
        Task last = Task.CompletedTask;
        foreach (var puts in Commits(keys, node, generation, first, count))
        {
            await last;
            last = store.CommitAsync(new Commit { Puts = puts }, CancellationToken.None);
        }

        await last;
    }

    /// <summary>
    /// Returns the records a second that a receiver's engine takes when everything about them is done: in commits of a
    /// thousand, sealed, with their keys.
    /// </summary>
    public static async Task<double> MeasureBulkAsync(DataDirectory data, string node, int count)
    {
        using var keys = NodeKeys.Load(data.Keys);
        await using var store = await OpenAsync(data, node);
        var commits = Commits(keys, node, generation: 0, first: 0, count).ToList();
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
        HouseholdId = "019aa2b4-5c6d-7e8f-9012-3456789abcde",
        Remark = string.Create(CultureInfo.InvariantCulture, $"第{generation}次登记，愿意到东莞务工，会操作平车，需要住宿，第{number}号"),
    }.ToByteString();

    private static Task<IRecordStore> OpenAsync(DataDirectory data, string node) => RecordStores.OpenAsync(
        new StoreOptions(data.Store, node, "sqlite"), TimeProvider.System, CancellationToken.None);

    private static IEnumerable<List<RecordPut>> Commits(
        NodeKeys keys, string node, int generation, int first, int count)
    {
        var codec = new RecordCodec(keys, new RecordKinds());
        for (var from = first; from < first + count; from += Transaction)
        {
            var puts = new List<RecordPut>(Transaction);
            for (var number = from; number < Math.Min(from + Transaction, first + count); number++)
            {
                puts.Add(Put(codec, keys, node, number, generation));
            }

            yield return puts;
        }
    }

    private static RecordPut Put(RecordCodec codec, NodeKeys keys, string node, int number, int generation)
    {
        var key = new RecordKey("worker", Id(number));
        var payload = Payload(number, generation);
        var record = new Record
        {
            HomeNode = node,
            State = RecordState.Active,
            LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
            PayloadHash = RecordCodec.Hash(payload.Span),
            Payload = new Any { TypeUrl = "type.googleapis.com/exchange.v1.Worker", Value = payload },
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
