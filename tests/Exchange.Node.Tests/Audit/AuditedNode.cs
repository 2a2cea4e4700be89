using Exchange.Node.Audit;
using Exchange.Node.Records;
using Exchange.Node.Tests.Records;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Audit;

/// <summary>A node whose chain is looked at, and laid hands on.</summary>
internal sealed class AuditedNode(TestNode node) : IAsyncDisposable
{
    private V1.AuditService.AuditServiceClient Audit => new(node.Channel);

    public TestNode Node => node;

    /// <summary>The store below the chain's notes.</summary>
    public IRecordStore Store => node.Services.GetRequiredService<IRecordStore>();

    public static async Task<AuditedNode> StartAsync() => new(await TestNode.StartEmptyAsync("zhaotong", new ManualTime()));

    public async Task<VerifyAuditResponse> VerifyAsync(params SyncReceipt[] receipts) =>
        await Audit.VerifyAuditAsync(new VerifyAuditRequest { Receipts = { receipts } });

    public async Task<IReadOnlyList<AuditEntry>> QueryAsync(QueryAuditRequest? request = null) =>
        (await Audit.QueryAuditAsync(request ?? new QueryAuditRequest { PageSize = 1000 })).Entries;

    public async Task<QueryAuditResponse> PageAsync(QueryAuditRequest request) => await Audit.QueryAuditAsync(request);

    /// <summary>The newest entry of an action.</summary>
    public async Task<AuditEntry> NewestAsync(AuditAction action) =>
        (await QueryAsync()).Last(entry => entry.Action == action);

    /// <summary>Writes a worker; returns its id.</summary>
    public async Task<string> PutWorkerAsync(string idNumber = Samples.IdNumber)
    {
        var worker = Samples.Worker();
        (worker.IdNumber, worker.Sex, worker.BirthDate) = (idNumber, Sex.Unspecified, null);
        worker.HouseholdId = "";
        var item = new PutRecordItem
        {
            Record = new Record
            {
                Kind = "worker",
                LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
                Payload = Any.Pack(worker),
            },
        };
        var answer = await node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } });
        Assert.Null(answer.Answers[0].Error);
        return answer.Answers[0].Id;
    }

    /// <summary>The stored entries, in their order.</summary>
    public async Task<List<Entry>> EntriesAsync() =>
        await Store.ReadAllEntriesAsync(AuditChain.Collection, default, default).ToListAsync();

    /// <summary>Writes behind the program's back; null deletes.</summary>
    public Task PutAsync(ulong sequence, ReadOnlyMemory<byte>? value) => Store.CommitAsync(
        new Commit { Entries = [new EntryWrite(AuditChain.Collection, AuditChain.KeyOf(sequence), value)] }, default);

    /// <summary>Names another entry as the newest.</summary>
    public Task PutHeadAsync(ReadOnlyMemory<byte> value) => Store.CommitAsync(
        new Commit { Entries = [new EntryWrite(AuditChain.Heads, AuditChain.HeadKey, value)] }, default);

    /// <summary>Empties a collection.</summary>
    public async Task DropAsync(string collection)
    {
        await foreach (var entry in Store.ReadAllEntriesAsync(collection, default, default))
        {
            await Store.CommitAsync(new Commit { Entries = [EntryWrite.Delete(collection, entry.Key)] }, default);
        }
    }

    public async Task<AuditedNode> RestartAsync() => new(await node.RestartAsync());

    public ValueTask DisposeAsync() => node.DisposeAsync();
}
