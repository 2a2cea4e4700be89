using Exchange.Store.CrashWriter;
using Exchange.Store.Embedded;
using Exchange.Store.LiteDb;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests.LiteDb;

/// <summary>That copies and checkpoints of a LiteDB file wait for each other.</summary>
public sealed class CheckpointLockTests : IDisposable
{
    // Every commit would be copied into the data file.
    private const long SmallLog = 1;

    private readonly TemporaryDirectory _directory = new();

    private string File => Path.Combine(_directory.Path, LiteDbEngine.FileName);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_data_file_stays_as_it_is_while_it_is_copied_and_follows_afterwards()
    {
        await using var store = await OpenAsync();
        await store.PutAsync(Put(1));
        var before = Data();
        byte[] meanwhile;
        using (CheckpointLock.TryShare(File))
        {
            await store.PutAsync(Put(2));
            meanwhile = Data();
        }

        await store.PutAsync(Put(3));

        Assert.Equal(before, meanwhile);
        Assert.NotEqual(before, Data());
        Assert.Equal(0, new FileInfo(LiteDbEngine.LogOf(File)).Length);
        Assert.Equal(3, (await store.FeedAsync()).Count);
    }

    [Fact]
    public async Task A_store_is_not_opened_while_it_is_copied()
    {
        await (await OpenAsync()).DisposeAsync();
        using (CheckpointLock.TryShare(File))
        {
            var error = await Assert.ThrowsAsync<IOException>(OpenAsync);
            Assert.Contains("A backup of it is being taken", error.Message, StringComparison.Ordinal);
        }

        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Backups_between_checkpoints_are_whole()
    {
        await using var store = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var acknowledged = 0;
        var writing = Task.Run(async () =>
        {
            for (var number = 1; !stop.IsCancellationRequested; number++)
            {
                await store.CommitAsync(CrashScript.Commit(0, number), CancellationToken.None);
                Volatile.Write(ref acknowledged, number);
            }
        });

        for (var i = 0; i < 5; i++)
        {
            var before = Volatile.Read(ref acknowledged);
            var copy = Path.Combine(_directory.Path, $"copy-{i}");
            await RecordStores.BackUpAsync(_directory.Path, copy, TimeProvider.System, default);
            await using var copied = await EmbeddedStore.OpenAsync(
                LiteDbEngine.Open(Path.Combine(copy, LiteDbEngine.FileName)), "node-a", TimeProvider.System);
            await CrashCheck.RunAsync(copied, [before], default);
        }

        await stop.CancelAsync();
        await writing;
    }

    private byte[] Data()
    {
        using var data = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[data.Length];
        data.ReadExactly(bytes);
        return bytes;
    }

    private Task<EmbeddedStore> OpenAsync() =>
        EmbeddedStore.OpenAsync(LiteDbEngine.Open(File, SmallLog), "node-a", TimeProvider.System);
}
