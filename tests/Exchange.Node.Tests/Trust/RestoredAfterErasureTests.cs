using Exchange.Cli;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Cli;
using Exchange.Node.Tests.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using DataDirectory = Exchange.Node.Hosting.DataDirectory;

namespace Exchange.Node.Tests.Trust;

/// <summary>
/// A whole node is backed up by <c>exchange store backup</c>, erases a person, and is put back to the backup.
/// </summary>
public sealed class RestoredAfterErasureTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private AgreedNodes _nodes = null!;

    private string Backup => Path.Combine(_directory.Path, "backup");

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_erased_person_stays_erased_and_the_node_serves_and_compares_digests()
    {
        var gone = await _nodes.ReferWorkerAsync(People.Worker(1).IdNumber);
        var stays = await _nodes.ReferWorkerAsync(People.Worker(2).IdNumber);
        await _nodes.SyncAsync();
        var data = _nodes.Region.Services.GetRequiredService<DataDirectory>();
        await RunAsync("store", "backup", "--data", data.Path, "--to", Backup);
        await new V1.SubjectService.SubjectServiceClient(_nodes.Region.Channel).EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = gone, Reason = "request of 2026-03-01" });
        await _nodes.SyncAsync();

        List<(string Id, bool IsLive, bool Opens)> opened = [];
        await _nodes.RestartRegionAsync(_ =>
        {
            Directory.Delete(data.Store, recursive: true);
            RunAsync("store", "restore", "--from", Backup, "--data", data.Path).GetAwaiter().GetResult();
            opened.Add(OpenAsync(data, gone).GetAwaiter().GetResult());
            opened.Add(OpenAsync(data, stays).GetAwaiter().GetResult());
        });
        await _nodes.Region.Services.GetRequiredService<ErasedBefore>().ExecuteTask!;
        var returned = await _nodes.SyncAsync();
        var verified = await _nodes.SyncAsync(verify: true);

        Assert.Equal([(gone, true, false), (stays, true, true)], opened);
        var erased = await Assert.ThrowsAsync<RpcException>(() => GetAsync(_nodes.Region, gone));
        Assert.Equal(StatusCode.NotFound, erased.StatusCode);
        Assert.Equal(stays, (await GetAsync(_nodes.Region, stays)).Record.Id);
        Assert.Equal(stays, (await _nodes.Town.Records.ListRecordsAsync(
            new ListRecordsRequest { Kind = "worker" })).Records.Single().Id);
        Assert.Equal((true, true, 0ul), (returned.DigestsMatch, verified.DigestsMatch, verified.UnrepairedCount));
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var run = new CommandRun();
        Assert.True(await run.RunAsync(arguments) == ExitCode.Ok, run.Error);
    }

    private static async Task<GetRecordResponse> GetAsync(TestNode node, string id) =>
        await node.Records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = id });

    // As whoever has the backup and all of today's keys would look into it.
    private static async Task<(string Id, bool IsLive, bool Opens)> OpenAsync(DataDirectory data, string id)
    {
        await using var database = await RecordStores.OpenAsync(
            new StoreOptions(data.Store, SampleAgreements.Region, "sqlite"), TimeProvider.System, default);
        using var node = NodeKeys.Load(data.Keys);
        await using var keys = new DataKeys(
            await KeyStores.OpenAsync(data.Keys, SampleAgreements.Region, database, TimeProvider.System, default), node);
        var codec = new RecordCodec(keys, new RecordKinds(), new NodeIdentity(SampleAgreements.Region, "", TestNode: true));
        var stored = (await database.GetAsync(new RecordKey("worker", Guid.Parse(id)), default))!;
        try
        {
            return (id, !stored.IsTombstone, codec.Payload(stored).Length > 0);
        }
        catch (KeyDestroyedException)
        {
            return (id, !stored.IsTombstone, false);
        }
    }
}
