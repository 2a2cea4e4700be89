using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// Persons go through all that a node does with them, and then every byte of both nodes' files is searched for them:
/// records, their keys, the feed, quarantine, undo, answers, the logs of the engine, the key store.
/// </summary>
public sealed class CanariesInStoresTests : RestoreTests
{
    private static readonly Worker[] Canaries = [.. Enumerable.Range(0, 6).Select(Canary)];

    [Fact]
    public async Task No_number_name_phone_or_address_stands_in_any_file_in_any_writing()
    {
        var import = new PutScope("cli", "import-1", default, Undoable: true);
        var keys = new List<RecordKey>();
        for (var i = 0; i < Canaries.Length; i++)
        {
            var external = new ExternalKey { Source = "village-ledger", SourceId = $"row-{i}" };
            keys.Add(await Region.PutAsync(Canaries[i], FlowNode.Duty, external: external, scope: import));
            await Region.ReferAsync(keys[i], City.Id);
        }

        var changed = Canaries[1].Clone();
        changed.Remark = Canaries[2].Remark;
        await Region.PutAsync(changed, FlowNode.Duty, keys[1].Id, scope: import);
        await SyncAsync();
        await QuarantineAsync(Canaries[3]);
        await EraseAsync(keys[4]);
        await SyncAsync();
        await Region.Undo.RunAsync(
            new UndoStreamRequest { Publisher = "cli", Stream = "import-1" }, default);
        await SyncAsync();
        var searched = await FilesAsync();

        var found = from canary in Canaries
                    from text in new[]
                    {
                        canary.Name, canary.IdNumber, canary.Phone, canary.RegisteredPlace.Words, canary.Remark,
                    }
                    from bytes in new[] { Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text) }
                    from file in searched
                    where file.Bytes.AsSpan().IndexOf(bytes) >= 0
                    select $"{file.Name} holds {text}";

        Assert.Empty(found);
        Assert.Contains(searched, file => file.Bytes.AsSpan().IndexOf("row-1"u8) >= 0);
        Assert.Contains(searched, file => file.Name.Contains("data-keys", StringComparison.Ordinal));
        Assert.True(searched.Sum(file => file.Bytes.Length) > 100_000);
    }

    private static Worker Canary(int number)
    {
        var worker = People.Worker(100 + number);
        worker.Name = $"欧阳金丝雀{(char)('甲' + number)}";
        worker.RegisteredPlace.Words = $"镇雄县金丝雀巷{number}号";
        worker.Remark = $"金丝雀备注{number}";
        return worker;
    }

    // As another node would send it that makes a mistake: it is kept, and applied to nothing.
    private async Task QuarantineAsync(Worker canary)
    {
        var id = Guid.CreateVersion7(Time.GetUtcNow());
        var record = Incoming.Record("worker", id, Time.GetUtcNow(), Any.Pack(canary));
        (record.HomeNode, record.Version.Node) = (Region.Id, Region.Id);
        record.PayloadHash = ByteString.CopyFromUtf8("no hash");
        var sink = City.Flows(Agreement).Sink(Region.Id);
        var applied = await sink.AppliedAsync(default);
        var batch = new SyncBatch { From = applied, To = applied, Changes = { new SyncChange { Record = record } } };
        Assert.Single((await sink.ApplyAsync(batch, default)).Quarantined);
    }

    private Task<ErasureRest> EraseAsync(RecordKey worker) => Region.Erasure.EraseAsync(
        worker.Id, "asked", TimeSpan.FromDays(15), withHouseholds: false, default);
}
