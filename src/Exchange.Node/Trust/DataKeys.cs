using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Unicode;
using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>
/// Seals what is personal under a key of its person, so that it can be destroyed with that key wherever copies of it
/// lie. A new key is kept in memory until <see cref="FlushAsync"/>; <see cref="SealingStore"/> calls that before each
/// commit, so that a key is durable before whatever it seals, and a thousand new keys cost one flush.
/// </summary>
internal sealed class DataKeys(KeyStore store, NodeKeys node) : IAsyncDisposable
{
    private const int IdLength = 16;
    private const int NonceAt = 1 + 4 + IdLength;
    private const int PlainAt = NonceAt + MasterKeys.NonceLength;
    private const int Overhead = PlainAt + MasterKeys.TagLength;

    // Room for the longest kind, an id and what stands between them.
    private const int MaxBindingLength = 256;

    private readonly Lock _lock = new();
    private readonly KeyCache _cache = new();
    private readonly Dictionary<Guid, DataKeySet> _unsaved = [];
    private readonly Dictionary<Guid, uint> _retired = [];
    private readonly Dictionary<Guid, uint> _destroying = [];
    private volatile bool _hasUnsaved;
    private volatile bool _anyRetired;

    /// <summary>Where the keys are kept.</summary>
    public KeyStore Store => store;

    /// <summary>Whether bytes were sealed, by this version or an earlier one.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 0 && bytes[0] is Suites.SealNodeAes256Gcm or Suites.SealDataAes256Gcm;

    /// <summary>Seals a payload under the newest key of an id, bound to its record.</summary>
    /// <param name="id">The person, or the record itself if it is about several persons or none.</param>
    /// <param name="record">The record.</param>
    /// <param name="plain">The payload.</param>
    public byte[] Seal(Guid id, RecordKey record, ReadOnlySpan<byte> plain)
    {
        var key = KeyFor(id);
        var result = new byte[Overhead + plain.Length];
        result[0] = Suites.SealDataAes256Gcm;
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(1), key.Generation);
        id.TryWriteBytes(result.AsSpan(5), bigEndian: true, out _);
        node.FillRandom(result.AsSpan(NonceAt, MasterKeys.NonceLength));
        using var cipher = new AesGcm(key.Bytes, MasterKeys.TagLength);
        cipher.Encrypt(
            result.AsSpan(NonceAt, MasterKeys.NonceLength),
            plain,
            result.AsSpan(PlainAt, plain.Length),
            result.AsSpan(^MasterKeys.TagLength..),
            Binding(record, stackalloc byte[MaxBindingLength]));
        return result;
    }

    /// <summary>Opens what <see cref="Seal"/> made, here or in an older version under the node's key.</summary>
    /// <exception cref="KeyDestroyedException">The person was erased.</exception>
    /// <exception cref="CryptographicException">
    /// Another key sealed it, it belongs to another record, or it was changed.
    /// </exception>
    public byte[] Unseal(RecordKey record, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length > 0 && sealedBytes[0] == Suites.SealNodeAes256Gcm)
        {
            return node.Unseal(record, sealedBytes);
        }

        if (SealedUnder.Read(sealedBytes) is not { } under || sealedBytes.Length < Overhead)
        {
            throw new CryptographicException(sealedBytes.IsEmpty
                ? $"Nothing is left of the payload of '{record}'."
                : $"The payload of '{record}' is sealed with {Suites.Unknown(sealedBytes[0])}.");
        }

        var plain = new byte[sealedBytes.Length - Overhead];
        using var cipher = new AesGcm(Find(under, record).Bytes, MasterKeys.TagLength);
        cipher.Decrypt(
            sealedBytes.Slice(NonceAt, MasterKeys.NonceLength),
            sealedBytes.Slice(PlainAt, plain.Length),
            sealedBytes[^MasterKeys.TagLength..],
            plain,
            Binding(record, stackalloc byte[MaxBindingLength]));
        return plain;
    }

    /// <summary>Seals once more, under the newest key of the same id, or of another.</summary>
    /// <param name="id">The id whose key seals from now on.</param>
    /// <param name="record">The record.</param>
    /// <param name="sealedBytes">What <see cref="Seal"/> made.</param>
    public byte[] Reseal(Guid id, RecordKey record, ReadOnlySpan<byte> sealedBytes) =>
        Seal(id, record, Unseal(record, sealedBytes));

    /// <summary>
    /// Reads the keys of some ids at once, so that what is sealed or opened next finds them at hand.
    /// </summary>
    public void Prepare(IEnumerable<Guid> ids)
    {
        List<Guid> missing;
        lock (_lock)
        {
            missing = [.. ids.Distinct().Where(id => !_unsaved.ContainsKey(id) && !_cache.Has(id)).Take(KeyCache.Size)];
        }

        if (missing.Count > 1)
        {
            lock (_lock)
            {
                var sets = store.Load(missing);
                for (var i = 0; i < sets.Count; i++)
                {
                    if (!_unsaved.ContainsKey(missing[i]))
                    {
                        _cache.Put(missing[i], Left(missing[i], sets[i]));
                    }
                }
            }
        }
    }

    /// <summary>The newest generation of an id's keys; 0 when it has none.</summary>
    public uint Newest(Guid id)
    {
        lock (_lock)
        {
            return SetOf(id).Newest;
        }
    }

    /// <summary>Whether a key of an id was destroyed, which nothing but an erasure does.</summary>
    public bool WasDestroyed(Guid id)
    {
        lock (_lock)
        {
            return SetOf(id).Destroyed > 0;
        }
    }

    /// <summary>A key of the next generation for an id, beside those that it has.</summary>
    public DataKeySet Renew(DataKeySet set)
    {
        var key = new byte[DataKey.Length];
        node.FillRandom(key);
        return set.WithNext(key);
    }

    /// <summary>Reads the keys of some ids anew the next time: somebody gave them others.</summary>
    public void Forget(IEnumerable<Guid> ids)
    {
        lock (_lock)
        {
            foreach (var id in ids)
            {
                _cache.Remove(id);
            }
        }
    }

    /// <summary>Makes every key durable that something was sealed under; free when there is none.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) =>
        _hasUnsaved ? SaveAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// From now on nothing is sealed under the keys that an id has; returns the newest of them. They open until they
    /// are destroyed.
    /// </summary>
    public uint Retire(Guid id)
    {
        lock (_lock)
        {
            _anyRetired = true;
            return _retired[id] = SetOf(id).Newest;
        }
    }

    /// <summary>Whether keys are about to be destroyed.</summary>
    public bool AnyRetired => _anyRetired;

    /// <summary>Whether something sealed must be sealed anew before it is written.</summary>
    public bool IsRetired(SealedUnder under)
    {
        lock (_lock)
        {
            return _retired.TryGetValue(under.Id, out var upTo) && under.Generation <= upTo;
        }
    }

    /// <summary>Destroys the keys of some ids, each up to a generation.</summary>
    public async Task DestroyAsync(IReadOnlyDictionary<Guid, uint> upTo, CancellationToken cancellationToken)
    {
        // In memory first, and from here on, so that no flush that is yet to come writes them once more.
        lock (_lock)
        {
            foreach (var (id, generation) in upTo)
            {
                _destroying[id] = generation;
                _cache.Remove(id);
                if (_unsaved.TryGetValue(id, out var set))
                {
                    _unsaved[id] = set.Without(generation);
                }
            }
        }

        await store.DestroyAsync(upTo, cancellationToken);
        lock (_lock)
        {
            foreach (var id in upTo.Keys)
            {
                _destroying.Remove(id);
                _retired.Remove(id);
            }

            _anyRetired = _retired.Count > 0;
        }
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private DataKey KeyFor(Guid id)
    {
        lock (_lock)
        {
            var set = SetOf(id);
            var upTo = _retired.GetValueOrDefault(id);
            if (set.Keys.Count == 0 || set.Newest <= upTo)
            {
                set = Renew(set);
                _unsaved[id] = set;
                _hasUnsaved = true;
                _cache.Remove(id);
            }

            return set.Keys[^1];
        }
    }

    private DataKey Find(SealedUnder under, RecordKey record)
    {
        lock (_lock)
        {
            var set = SetOf(under.Id);
            return set.Find(under.Generation)
                ?? (under.Generation <= set.Destroyed
                    ? throw new KeyDestroyedException(record)
                    : throw new CryptographicException($"The key store has no key {under.Generation} for '{record}'."));
        }
    }

    private DataKeySet SetOf(Guid id)
    {
        if (_unsaved.TryGetValue(id, out var set) || _cache.TryGet(id, out set))
        {
            return set;
        }

        set = Left(id, store.Load(id));
        _cache.Put(id, set);
        return set;
    }

    // What was just read may be about to go.
    private DataKeySet Left(Guid id, DataKeySet set) =>
        _destroying.TryGetValue(id, out var upTo) ? set.Without(upTo) : set;

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<Guid, DataKeySet>[] taken = [];
        await store.SaveAsync(
            () =>
            {
                lock (_lock)
                {
                    return taken = [.. _unsaved];
                }
            },
            cancellationToken);
        lock (_lock)
        {
            foreach (var (id, set) in taken)
            {
                // It may have got one more key meanwhile; that one waits for the next flush.
                if (ReferenceEquals(_unsaved.GetValueOrDefault(id), set))
                {
                    _unsaved.Remove(id);
                    _cache.Put(id, set);
                }
            }

            _hasUnsaved = _unsaved.Count > 0;
        }
    }

    // The record's key is authenticated with its payload, so that payloads can't be swapped between records.
    private static ReadOnlySpan<byte> Binding(RecordKey key, Span<byte> buffer) =>
        Utf8.TryWrite(buffer, $"{key.Kind}/{key.Id}", out var length)
            ? buffer[..length]
            : throw new ArgumentException("The kind's name is too long.", nameof(key));
}
