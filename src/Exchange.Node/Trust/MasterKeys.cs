using System.Security.Cryptography;
using System.Text.Json;
using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>
/// The keys that wrap the data keys, in a file beside the key store. One wraps; older ones only open, until a rotation
/// has wrapped everything anew.
/// </summary>
internal sealed class MasterKeys : IDisposable
{
    public const int NonceLength = 12;
    public const int TagLength = 16;

    /// <summary>The file in the folder of keys.</summary>
    public const string FileName = "master-keys.json";

    /// <summary>How a master wraps.</summary>
    public const string Suite = "aes-256-gcm";

    // As many nonces as are drawn at a time; drawing has a price of its own, whatever the number of bytes.
    private const int RandomLength = NonceLength * 256;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly Dictionary<uint, AesGcm> _ciphers = [];
    private readonly string? _file;
    private readonly Lock _lock = new();
    private readonly byte[] _random = new byte[RandomLength];
    private int _used = RandomLength;
    private KeyFile _stored;

    private MasterKeys(string? file, KeyFile stored)
    {
        (_file, _stored) = (file, stored);
        Load();
    }

    /// <summary>Names the key store that these keys belong to.</summary>
    public Guid StoreId => _stored.StoreId;

    /// <summary>The version that wraps.</summary>
    public uint Current { get; private set; }

    /// <summary>All versions, by rising version, with the time at which they were made.</summary>
    public IReadOnlyList<(uint Version, DateTimeOffset Created)> Versions =>
        [.. _stored.Keys.Select(key => (key.Version, key.Created))];

    /// <summary>Makes the first master of a new key store; kept in memory only without a folder.</summary>
    public static MasterKeys Create(string? folder, TimeProvider time)
    {
        var stored = new KeyFile(Guid.NewGuid(), [NewKey(1, time)]);
        var masters = new MasterKeys(folder is null ? null : Path.Combine(folder, FileName), stored);
        masters.Save(stored);
        return masters;
    }

    /// <summary>Reads the masters of a folder; null when there are none.</summary>
    /// <exception cref="StoreOpenException">The file is damaged.</exception>
    public static MasterKeys? Find(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            if (JsonSerializer.Deserialize<KeyFile>(file, Json) is { Keys.Count: > 0 } stored
                && stored.Keys.All(key => key is { Suite: Suite, Key.Length: DataKey.Length }))
            {
                return new MasterKeys(path, stored);
            }
        }
        catch (JsonException)
        {
            // Told below: what the text says of the place could show a part of a key.
        }

        throw new StoreOpenException(
            $"'{path}' is damaged, or names a suite that this version doesn't know. Restore the keys from their backup "
            + "with 'exchange keys restore'; nothing was changed.");
    }

    /// <summary>Wraps a key under the current version: nonce, key, tag.</summary>
    public void Wrap(ReadOnlySpan<byte> key, Span<byte> wrapped, ReadOnlySpan<byte> binding)
    {
        lock (_lock)
        {
            if (_used + NonceLength > _random.Length)
            {
                RandomNumberGenerator.Fill(_random);
                _used = 0;
            }

            _random.AsSpan(_used, NonceLength).CopyTo(wrapped);
            _used += NonceLength;
            _ciphers[Current].Encrypt(
                wrapped[..NonceLength],
                key,
                wrapped.Slice(NonceLength, key.Length),
                wrapped.Slice(NonceLength + key.Length, TagLength),
                binding);
        }
    }

    /// <summary>Opens what a version wrapped.</summary>
    /// <exception cref="CryptographicException">That version isn't here, or the bytes were changed.</exception>
    public byte[] Unwrap(uint version, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> binding)
    {
        var key = new byte[wrapped.Length - NonceLength - TagLength];
        lock (_lock)
        {
            if (!_ciphers.TryGetValue(version, out var cipher))
            {
                throw new CryptographicException(
                    $"A key is wrapped under version {version} of the master key, which '{FileName}' doesn't have.");
            }

            cipher.Decrypt(
                wrapped[..NonceLength],
                wrapped.Slice(NonceLength, key.Length),
                wrapped[^TagLength..],
                key,
                binding);
        }

        return key;
    }

    /// <summary>Makes a new version that wraps from now on; durable when it returns.</summary>
    public void AddVersion(TimeProvider time)
    {
        lock (_lock)
        {
            Save(_stored with { Keys = [.. _stored.Keys, NewKey(Current + 1, time)] });
            Load();
        }
    }

    /// <summary>Destroys every version but the current one; durable when it returns.</summary>
    public void DropOld()
    {
        lock (_lock)
        {
            Save(_stored with { Keys = [_stored.Keys[^1]] });
            Load();
        }
    }

    public void Dispose()
    {
        foreach (var cipher in _ciphers.Values)
        {
            cipher.Dispose();
        }
    }

    private void Load()
    {
        foreach (var key in _stored.Keys)
        {
            if (!_ciphers.ContainsKey(key.Version))
            {
                _ciphers.Add(key.Version, new AesGcm(key.Key, TagLength));
            }
        }

        foreach (var (version, cipher) in _ciphers.Where(held => _stored.Keys.All(key => key.Version != held.Key)))
        {
            _ciphers.Remove(version);
            cipher.Dispose();
        }

        Current = _stored.Keys[^1].Version;
    }

    private void Save(KeyFile next)
    {
        if (_file is not null)
        {
            PrivateFile.Replace(_file, JsonSerializer.SerializeToUtf8Bytes(next, Json));
        }

        _stored = next;
    }

    private static KeyVersion NewKey(uint version, TimeProvider time) =>
        new(version, Suite, RandomNumberGenerator.GetBytes(DataKey.Length), time.GetUtcNow());

    private sealed record KeyFile(Guid StoreId, IReadOnlyList<KeyVersion> Keys);

    private sealed record KeyVersion(uint Version, string Suite, byte[] Key, DateTimeOffset Created);
}
