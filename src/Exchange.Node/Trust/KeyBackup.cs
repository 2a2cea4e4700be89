using System.Buffers.Binary;
using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>
/// Copies the folder of keys into one encrypted, dated file, beside a running node or not, and brings it back. A copy
/// is good for 35 days: a later one may hold keys of persons who were erased since.
/// </summary>
internal static class KeyBackup
{
    /// <summary>How long a copy may be used, and is kept in its folder.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(35);

    private const string DraftEnding = ".restoring";
    private const string Ending = ".exchange-keys";
    private const string NameFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const string CopyName = KeyStores.FolderName + ".copy";
    private const int MaxHeader = 4096;
    private const int MaxAttempts = 5;

    private static ReadOnlySpan<byte> Magic => "EXKEYS1\n"u8;

    /// <summary>Writes a backup into a folder and drops the ones there that have expired.</summary>
    /// <returns>The file, its header, and how many old ones were dropped.</returns>
    /// <exception cref="StoreOpenException">There is no key store.</exception>
    public static async Task<(string File, KeyBackupHeader Header, int Dropped)> WriteAsync(
        string keys, string folder, KeyBackupSecret secret, TimeProvider time, CancellationToken cancellationToken)
    {
        using var masters = MasterKeys.Find(keys)
            ?? throw new StoreOpenException($"There are no keys in '{keys}'. A node makes them at its first start.");
        var now = time.GetUtcNow();
        var draft = new KeyBackupHeader { StoreId = masters.StoreId, Taken = now, Expires = now + Lifetime };
        var (key, header) = secret.NewKey(draft);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, now.ToString(NameFormat, CultureInfo.InvariantCulture) + Ending);
        if (File.Exists(file))
        {
            throw new StoreOpenException($"'{file}' was made in this second. Give another folder, or wait.");
        }

        var partial = file + ".partial";
        File.Delete(partial);
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(header);
            await using var output = PrivateFile.Create(partial);
            output.Write(Magic);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            output.Write(length);
            output.Write(bytes);
            await using (var sealing = new KeyBackupStream(output, key, bytes))
            {
                await WriteFilesAsync(keys, sealing, time, cancellationToken);
            }

            output.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        File.Move(partial, file);
        return (file, header, DropExpired(folder, now));
    }

    /// <summary>
    /// Deletes what a backup or a restore that was killed has left beside the keys: wrapped keys, of which some may be
    /// destroyed later, and master keys in the clear.
    /// </summary>
    public static void DropRemains(string keys)
    {
        foreach (var left in Directory.GetDirectories(keys, CopyName + "*"))
        {
            Directory.Delete(left, recursive: true);
        }

        if (Directory.Exists(keys + DraftEnding))
        {
            Directory.Delete(keys + DraftEnding, recursive: true);
        }
    }

    /// <summary>Brings a backup back into a folder of keys that holds none.</summary>
    /// <exception cref="StoreOpenException">
    /// It has expired, isn't opened by the secret, or the folder has keys.
    /// </exception>
    public static async Task<KeyBackupHeader> RestoreAsync(
        string file, string keys, KeyBackupSecret secret, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var input = File.OpenRead(file);
        var bytes = ReadHeader(input, file);
        var header = JsonSerializer.Deserialize<KeyBackupHeader>(bytes)!;
        if (header.Expires <= time.GetUtcNow())
        {
            throw new StoreOpenException(
                $"'{file}' was good until {header.Expires:u}. It may hold keys of persons who were erased since. "
                + "Use a newer one.");
        }

        if (Directory.Exists(keys) && Directory.EnumerateFileSystemEntries(keys).Any())
        {
            throw new StoreOpenException($"'{keys}' holds something already. Move it away first.");
        }

        var key = secret.KeyOf(header) ?? throw new StoreOpenException(
            $"'{file}' was made with '{header.Suite}', which isn't what was given to open it.");
        var draft = keys + DraftEnding;
        try
        {
            NewFolder(draft);
            await using var opening = new KeyBackupReader(input, key, bytes);
            await TarFile.ExtractToDirectoryAsync(opening, draft, overwriteFiles: false, cancellationToken);
            await opening.CopyToAsync(Stream.Null, cancellationToken);
            await FinishAsync(draft, keys, time, cancellationToken);
            return header;
        }
        catch (Exception exception) when (
            exception is CryptographicException or InvalidDataException or EndOfStreamException)
        {
            throw new StoreOpenException(
                $"'{file}' can't be opened: the passphrase or recovery key is another one, or the file was changed or "
                + "cut short. Nothing was kept of it.",
                exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }

    // Only what is encrypted anyway is copied to disk: the wrapped keys, as they are at one moment.
    private static async Task WriteFilesAsync(
        string keys, KeyBackupStream output, TimeProvider time, CancellationToken cancellationToken)
    {
        DropRemains(keys);
        try
        {
            var copy = Path.Combine(keys, CopyName);
            var masters = await CopyAsync(keys, copy, time, cancellationToken);
            await using var tar = new TarWriter(output, leaveOpen: true);
            await WriteAsync(tar, MasterKeys.FileName, masters, cancellationToken);
            foreach (var file in Directory.GetFiles(keys).Where(IsLasting))
            {
                var bytes = await File.ReadAllBytesAsync(file, cancellationToken);
                await WriteAsync(tar, Path.GetFileName(file), bytes, cancellationToken);
            }

            foreach (var file in Directory.GetFiles(copy))
            {
                await tar.WriteEntryAsync(
                    file, KeyStores.FolderName + "/" + Path.GetFileName(file), cancellationToken);
            }
        }
        finally
        {
            DropRemains(keys);
        }
    }

    private static async Task WriteAsync(
        TarWriter tar, string name, byte[] bytes, CancellationToken cancellationToken)
    {
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            DataStream = new MemoryStream(bytes),
        };
        await tar.WriteEntryAsync(entry, cancellationToken);
        CryptographicOperations.ZeroMemory(bytes);
    }

    // The masters before and after must be the same, or a rotation has made keys meanwhile that they don't open.
    private static async Task<byte[]> CopyAsync(
        string keys, string copy, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = await File.ReadAllBytesAsync(Path.Combine(keys, MasterKeys.FileName), cancellationToken);
            await RecordStores.BackUpAsync(Path.Combine(keys, KeyStores.FolderName), copy, time, cancellationToken);
            var after = await File.ReadAllBytesAsync(Path.Combine(keys, MasterKeys.FileName), cancellationToken);
            if (before.AsSpan().SequenceEqual(after))
            {
                return after;
            }

            if (attempt == MaxAttempts)
            {
                throw new StoreOpenException("The master keys are changing. Back up when they don't.");
            }

            Directory.Delete(copy, recursive: true);
        }
    }

    private static bool IsLasting(string file) =>
        !file.EndsWith(".new", StringComparison.Ordinal) && Path.GetFileName(file) != MasterKeys.FileName;

    private static async Task FinishAsync(
        string draft, string keys, TimeProvider time, CancellationToken cancellationToken)
    {
        var backup = Path.Combine(draft, KeyStores.FolderName);
        var store = Path.Combine(draft, "restored");
        await RecordStores.RestoreAsync(backup, store, time, cancellationToken);
        Directory.Delete(backup, recursive: true);
        Directory.Move(store, backup);
        if (Directory.Exists(keys))
        {
            Directory.Delete(keys);
        }

        Directory.Move(draft, keys);
    }

    private static byte[] ReadHeader(FileStream input, string file)
    {
        Span<byte> start = stackalloc byte[Magic.Length + 4];
        if (input.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start[..Magic.Length].SequenceEqual(Magic)
            && BinaryPrimitives.ReadInt32BigEndian(start[Magic.Length..]) is > 0 and <= MaxHeader and var length)
        {
            var bytes = new byte[length];
            input.ReadExactly(bytes);
            return bytes;
        }

        throw new StoreOpenException($"'{file}' is no backup of keys.");
    }

    private static int DropExpired(string folder, DateTimeOffset now)
    {
        var dropped = 0;
        foreach (var file in Directory.GetFiles(folder, "*" + Ending))
        {
            var name = Path.GetFileName(file)[..^Ending.Length];
            if (DateTimeOffset.TryParseExact(
                    name, NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var taken)
                && taken + Lifetime < now)
            {
                File.Delete(file);
                dropped++;
            }
        }

        return dropped;
    }

    private static void NewFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        PrivateFile.CreateFolder(path);
    }
}
