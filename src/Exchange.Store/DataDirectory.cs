using System.Text.Json;
using System.Text.Json.Serialization;

namespace Exchange.Store;

/// <summary>
/// A data directory held by this process. It remembers the engine that made it, in a file of its own.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    /// <summary>The file by which one process holds the directory.</summary>
    public const string LockName = "store.lock";

    private const string MarkName = "store.json";
    private const int Format = 1;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Takes hold of a directory; creates it if absent.</summary>
    /// <exception cref="StoreOpenException">Another process holds it, or it can't be used.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"Data directory '{path}' can't be created: {exception.Message}", exception);
        }

        var file = System.IO.Path.Combine(path, LockName);
        try
        {
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(path, held);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StoreOpenException(
                $"Data directory '{path}' can't be written to: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new StoreOpenException(
                $"Data directory '{path}' is in use by another process. Stop that one, or choose another directory.",
                exception);
        }
    }

    /// <summary>What a directory remembers; null if it is new, or lost its mark. Needs no hold of it.</summary>
    /// <exception cref="StoreOpenException">The mark can't be read, or a later version wrote it.</exception>
    public static StoreMark? ReadMark(string path)
    {
        var file = System.IO.Path.Combine(path, MarkName);
        if (!File.Exists(file))
        {
            return null;
        }

        var mark = ReadFile(file);
        if (mark is not { Engine.Length: > 0 })
        {
            throw new StoreOpenException($"'{file}' is damaged: it doesn't name an engine. Restore it from a backup.");
        }

        return mark.Format == Format
            ? mark
            : throw new StoreOpenException(
                $"'{file}' has format {mark.Format}, but this version knows only {Format}. Use a newer version.");
    }

    /// <summary>Writes what a directory is to remember: its engine, and for a backup when it was taken.</summary>
    public static void WriteMark(string path, string engine, DateTimeOffset? backup = null)
    {
        var file = System.IO.Path.Combine(path, MarkName);
        var draft = file + ".new";
        using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, new StoreMark(engine, Format, backup), StoreMarkJson.Default.StoreMark);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    private static StoreMark? ReadFile(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize(stream, StoreMarkJson.Default.StoreMark);
        }
        catch (JsonException exception)
        {
            throw new StoreOpenException($"'{file}' is damaged: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"'{file}' can't be read: {exception.Message}", exception);
        }
    }
}

/// <summary>What a data directory remembers.</summary>
/// <param name="Engine">The engine that made it.</param>
/// <param name="Format">The version of this record.</param>
/// <param name="Backup">When it was taken, if it is a backup, which is never opened in its place.</param>
internal sealed record StoreMark(string Engine, int Format, DateTimeOffset? Backup = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(StoreMark))]
internal sealed partial class StoreMarkJson : JsonSerializerContext;
