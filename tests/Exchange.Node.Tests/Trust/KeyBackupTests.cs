using System.Security.Cryptography;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Trust;

/// <summary>The key store's own backups: encrypted, dated, brought back whole or not at all.</summary>
public sealed class KeyBackupTests : IAsyncLifetime
{
    private static readonly RecordKey Record = new("worker", Guid.CreateVersion7());
    private static readonly KeyBackupSecret Secret = new KeyBackupSecret.Passphrase("correct horse battery staple");

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    private byte[] _sealed = [];

    private string Keys => Path.Combine(_directory.Path, "keys");

    private string Backups => Path.Combine(_directory.Path, "backups");

    public async Task InitializeAsync()
    {
        using var node = NodeKeys.Create(Keys);
        await using var database = await DatabaseAsync();
        await using var keys = new DataKeys(await KeyStores.OpenAsync(Keys, "zhaotong", database, _time, default), node);
        _sealed = keys.Seal(Record.Id, Record, "王小明"u8);
        await keys.FlushAsync(default);
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task With_its_passphrase_everything_comes_back()
    {
        var (file, header, _) = await WriteAsync(Secret);
        Directory.Move(Keys, Keys + ".lost");

        await KeyBackup.RestoreAsync(file, Keys, Secret, _time, default);

        Assert.Equal(header.Taken.AddDays(35), header.Expires);
        Assert.Equal("王小明"u8.ToArray(), await ReadAsync());
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(Keys + ".lost", "node-keys.json")),
            File.ReadAllBytes(Path.Combine(Keys, "node-keys.json")));
    }

    [Fact]
    public async Task The_public_recovery_key_makes_what_only_the_private_one_opens()
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var half = ECDiffieHellman.Create();
        half.ImportSubjectPublicKeyInfo(pair.ExportSubjectPublicKeyInfo(), out _);
        var (file, _, _) = await WriteAsync(new KeyBackupSecret.Recovery(half));
        Directory.Move(Keys, Keys + ".lost");

        await KeyBackup.RestoreAsync(file, Keys, new KeyBackupSecret.Recovery(pair), _time, default);

        Assert.Equal("王小明"u8.ToArray(), await ReadAsync());
    }

    [Fact]
    public async Task Neither_keys_nor_names_of_files_can_be_read_in_it()
    {
        var master = File.ReadAllText(Path.Combine(Keys, MasterKeys.FileName));

        var (file, _, _) = await WriteAsync(Secret);

        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
        Assert.DoesNotContain(master[^80..^20], text, StringComparison.Ordinal);
        Assert.DoesNotContain("SQLite format", text, StringComparison.Ordinal);
        Assert.DoesNotContain(MasterKeys.FileName, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_a_backup_nor_one_that_fails_or_is_killed_leaves_anything_but_its_file()
    {
        var before = Everything();
        var (file, _, _) = await WriteAsync(Secret);
        var after = Everything();
        var again = await Assert.ThrowsAsync<StoreOpenException>(() => WriteAsync(Secret));
        _time.SetUtcNow(_time.GetUtcNow().AddSeconds(1));
        Directory.CreateDirectory(Path.Combine(Keys, "data-keys.copy.partial"));
        Directory.Move(Path.Combine(Keys, "data-keys"), Keys + ".moved");
        await Assert.ThrowsAsync<StoreOpenException>(() => WriteAsync(Secret));
        Directory.Move(Keys + ".moved", Path.Combine(Keys, "data-keys"));

        Assert.Equal(before.Append(file).Order(), after);
        Assert.Contains("in this second", again.Message, StringComparison.Ordinal);
        Assert.Equal(after, Everything());
    }

    [Theory]
    [InlineData("/data-keys.copy")]
    [InlineData(".restoring")]
    public async Task What_a_killed_backup_or_restore_left_is_gone_after_the_next_start(string name)
    {
        var left = Directory.CreateDirectory(Keys + name);
        File.WriteAllText(Path.Combine(left.FullName, "store.db"), "wrapped keys");

        Assert.Equal("王小明"u8.ToArray(), await ReadAsync());

        Assert.False(Directory.Exists(left.FullName));
    }

    [Fact]
    public async Task Another_secret_opens_nothing_and_leaves_nothing()
    {
        var (file, _, _) = await WriteAsync(Secret);
        Directory.Move(Keys, Keys + ".lost");
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

        var wrong = await Assert.ThrowsAsync<StoreOpenException>(
            () => RestoreAsync(file, new KeyBackupSecret.Passphrase("another horse battery staple")));
        var other = await Assert.ThrowsAsync<StoreOpenException>(
            () => RestoreAsync(file, new KeyBackupSecret.Recovery(pair)));

        Assert.Contains("another one", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("pbkdf2-sha256/aes-256-gcm", other.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Keys));
    }

    [Fact]
    public async Task One_changed_byte_and_a_cut_are_noticed()
    {
        var (file, _, _) = await WriteAsync(Secret);
        Directory.Move(Keys, Keys + ".lost");
        var whole = File.ReadAllBytes(file);
        byte[] changed = [.. whole];
        changed[^40] ^= 1;

        File.WriteAllBytes(file, changed);
        await Assert.ThrowsAsync<StoreOpenException>(() => RestoreAsync(file, Secret));
        File.WriteAllBytes(file, whole[..^1]);
        await Assert.ThrowsAsync<StoreOpenException>(() => RestoreAsync(file, Secret));

        Assert.False(Directory.Exists(Keys));
    }

    [Fact]
    public async Task After_35_days_it_is_refused_and_the_next_backup_drops_it()
    {
        var (file, _, _) = await WriteAsync(Secret);
        Directory.Move(Keys, Keys + ".lost");
        _time.SetUtcNow(_time.GetUtcNow().AddDays(35).AddSeconds(1));

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => RestoreAsync(file, Secret));
        Directory.Move(Keys + ".lost", Keys);
        var (newer, _, dropped) = await WriteAsync(Secret);

        Assert.Contains("persons who were erased since", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, dropped);
        Assert.Equal([newer], Directory.GetFiles(Backups));
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        var (file, _, _) = await WriteAsync(Secret);

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => RestoreAsync(file, Secret));

        Assert.Contains("Move it away first", error.Message, StringComparison.Ordinal);
        Assert.Equal("王小明"u8.ToArray(), await ReadAsync());
    }

    private List<string> Everything() =>
        Directory.GetFileSystemEntries(_directory.Path, "*", SearchOption.AllDirectories)
            .Where(path => path != Backups && !path.EndsWith("-wal", StringComparison.Ordinal)
                && !path.EndsWith("-shm", StringComparison.Ordinal))
            .Order()
            .ToList();

    private Task<(string File, KeyBackupHeader Header, int Dropped)> WriteAsync(KeyBackupSecret secret) =>
        KeyBackup.WriteAsync(Keys, Backups, secret, _time, default);

    private Task<KeyBackupHeader> RestoreAsync(string file, KeyBackupSecret secret) =>
        KeyBackup.RestoreAsync(file, Keys, secret, _time, default);

    private async Task<byte[]> ReadAsync()
    {
        using var node = NodeKeys.Load(Keys);
        await using var database = await DatabaseAsync();
        await using var keys = new DataKeys(await KeyStores.OpenAsync(Keys, "zhaotong", database, _time, default), node);
        return keys.Unseal(Record, _sealed);
    }

    private Task<IRecordStore> DatabaseAsync() => RecordStores.OpenAsync(
        new StoreOptions(Path.Combine(_directory.Path, "store"), "zhaotong", "sqlite"), _time, default);
}
