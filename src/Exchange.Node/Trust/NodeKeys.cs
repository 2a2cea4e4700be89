using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Exchange.Node.Records;
using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>
/// The node's own keys, made by <c>exchange init</c> and kept in a folder outside the database: one that makes person
/// tokens, one that signs, and one that payloads of older versions are sealed under.
/// </summary>
internal sealed class NodeKeys : IPersonTokens, IDisposable
{
    /// <summary>The file in the folder of the keys.</summary>
    public const string FileName = "node-keys.json";

    private const int NonceLength = 12;
    private const int TagLength = 16;

    // Room for the longest kind, an id and what stands between them.
    private const int MaxBindingLength = 256;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly ThreadLocal<KeyContext> _contexts;
    private readonly ECDsa _signer;
    private readonly Lock _signing = new();

    private NodeKeys(byte[] master, ECDsa signer)
    {
        var tokenKey = Derive(master, "exchange person token v1");
        var sealKey = Derive(master, "exchange payload seal v1");
        _contexts = new ThreadLocal<KeyContext>(
            () => new KeyContext(sealKey, tokenKey, TagLength), trackAllValues: true);
        _signer = signer;
        PublicKey = signer.ExportSubjectPublicKeyInfo();
    }

    /// <summary>The public half of the signing key (SubjectPublicKeyInfo).</summary>
    public byte[] PublicKey { get; }

    /// <summary>Makes new keys in a folder, readable by the owner only. Refuses to overwrite.</summary>
    public static NodeKeys Create(string directory)
    {
        PrivateFile.CreateFolder(directory);
        var path = Path.Combine(directory, FileName);
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var stored = new KeyFile("hkdf-sha256/aes-256-gcm", RandomNumberGenerator.GetBytes(32),
            Suites.SignEcdsaP256, signer.ExportPkcs8PrivateKey());

        using (var file = PrivateFile.Create(path))
        {
            JsonSerializer.Serialize(file, stored, Json);
            file.Flush(flushToDisk: true);
        }

        return Load(directory);
    }

    /// <summary>Reads the keys of a folder.</summary>
    /// <exception cref="FileNotFoundException">There are none; <c>exchange init</c> makes them.</exception>
    public static NodeKeys Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        using var file = File.OpenRead(path);
        var stored = JsonSerializer.Deserialize<KeyFile>(file, Json)
            ?? throw new InvalidDataException($"'{path}' is empty.");
        var signer = ECDsa.Create();
        signer.ImportPkcs8PrivateKey(stored.Signer, out _);
        return new NodeKeys(stored.Master, signer);
    }

    public string Token(string normalisedIdNumber)
    {
        Span<byte> mac = stackalloc byte[32];
        _contexts.Value!.Mac(Encoding.UTF8.GetBytes(normalisedIdNumber), mac);
        return Suites.TokenHmacSha256 + ":" + Convert.ToBase64String(mac[..16]);
    }

    /// <summary>Fills a nonce or a key with random bytes that nobody else got.</summary>
    public void FillRandom(Span<byte> bytes) => _contexts.Value!.FillRandom(bytes);

    /// <summary>
    /// Opens a payload that an earlier version sealed under this node's one key; a rotation with payloads seals it
    /// under its person's.
    /// </summary>
    /// <exception cref="CryptographicException">
    /// Another key sealed it, it belongs to another record, or it was changed.
    /// </exception>
    public byte[] Unseal(RecordKey key, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < 1 + NonceLength + TagLength || sealedBytes[0] != Suites.SealNodeAes256Gcm)
        {
            throw new CryptographicException(
                $"The payload of '{key}' is sealed with a suite that this version doesn't know.");
        }

        var plain = new byte[sealedBytes.Length - 1 - NonceLength - TagLength];
        _contexts.Value!.Cipher.Decrypt(
            sealedBytes.Slice(1, NonceLength),
            sealedBytes.Slice(1 + NonceLength, plain.Length),
            sealedBytes[^TagLength..],
            plain,
            Binding(key, stackalloc byte[MaxBindingLength]));
        return plain;
    }

    /// <summary>Signs with the node's key, in DER.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_signing)
        {
            return _signer.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
    }

    /// <summary>Checks a signature of <see cref="Suites.SignEcdsaP256"/> by the holder of a public key.</summary>
    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>
    /// A secret that only this node and the holder of a public key can make, each from its own private key: ECDH on
    /// P-256, then HKDF-SHA-256. Equal on both sides for the same purpose.
    /// </summary>
    /// <param name="publicKey">The partner's key (SubjectPublicKeyInfo).</param>
    /// <param name="purpose">What the secret is for; another purpose gives another secret.</param>
    public byte[] Share(byte[] publicKey, string purpose) => Share(publicKey, Encoding.UTF8.GetBytes(purpose));

    /// <summary>The same for a purpose that isn't a text.</summary>
    /// <exception cref="CryptographicException">That is no key on P-256.</exception>
    public byte[] Share(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> info)
    {
        using var ours = ECDiffieHellman.Create(_signer.ExportParameters(includePrivateParameters: true));
        return SharedSecret.Derive(ours, publicKey, info);
    }

    public void Dispose()
    {
        foreach (var context in _contexts.Values)
        {
            context.Dispose();
        }

        _contexts.Dispose();
        _signer.Dispose();
    }

    // The record's key is authenticated with its payload, so that payloads can't be swapped between records.
    private static ReadOnlySpan<byte> Binding(RecordKey key, Span<byte> buffer) =>
        Utf8.TryWrite(buffer, $"{key.Kind}/{key.Id}", out var length)
            ? buffer[..length]
            : throw new ArgumentException("The kind's name is too long.", nameof(key));

    private static byte[] Derive(byte[] master, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 32, info: Encoding.UTF8.GetBytes(purpose));

    private sealed record KeyFile(string MasterSuite, byte[] Master, string SignerSuite, byte[] Signer);
}
