using System.Security.Cryptography;
using System.Text.Json;
using Exchange.Node.Bundles;
using Exchange.Node.Tests.Architecture;
using Exchange.Node.Trust;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Bundles;

/// <summary>
/// Keeps bundles to the vector that other implementations are written against. Another implementation made it, from
/// what bundle.proto says.
/// </summary>
public sealed class BundleVectorTests : IDisposable
{
    private static readonly JsonElement Vector = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "reference", "bundle-vectors.json"))).RootElement;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_bundle_of_the_vector_is_read()
    {
        using var recipient = Keys("recipient");
        using var file = new MemoryStream(Bytes("bundle_hex"));

        var outline = await BundleOutline.ReadAsync(file, default);
        using var content = new BundleContent(file, outline, recipient);

        Assert.Equal(Bytes("header_hex"), outline.Header.ToByteArray());
        Assert.Equal(Bytes("footer_hex"), outline.Footer.ToByteArray());
        Assert.Equal(Bytes("binding_hex"), outline.Binding);
        Assert.Equal(Bytes("signed_hash_hex"), outline.Hash);
        Assert.True(outline.IsSignedWith(Bytes("sender_public_key_hex")));
        foreach (var frame in Vector.GetProperty("frames_hex").EnumerateArray())
        {
            Assert.Equal(frame.GetString(), Convert.ToHexStringLower((await content.ReadAsync(default))!.ToByteArray()));
        }

        Assert.Null(await content.ReadAsync(default));
    }

    [Fact]
    public async Task The_bundle_of_the_vector_is_made_but_for_its_signature()
    {
        using var sender = Keys("sender");
        var ephemeral = ECDiffieHellman.Create();
        ephemeral.ImportPkcs8PrivateKey(Bytes("ephemeral_private_key_hex"), out _);
        using var file = new MemoryStream();
        using var writer = new BundleWriter(
            BundleHeader.Parser.ParseFrom(Bytes("header_hex")),
            Bytes("recipient_public_key_hex"),
            ephemeral,
            sender,
            bytes => file.WriteAsync(bytes).AsTask());

        await writer.BeginAsync();
        foreach (var frame in Vector.GetProperty("frames_hex").EnumerateArray())
        {
            await writer.WriteAsync(SyncFrame.Parser.ParseFrom(Convert.FromHexString(frame.GetString()!)));
        }

        await writer.FinishAsync(BundleFooter.Parser.ParseFrom(Bytes("footer_hex")));

        var unsigned = BundleFiles.Parts(file.ToArray()).Single(part => part.Type == (byte)BundlePart.Signature).At;
        Assert.Equal(Bytes("bundle_hex")[..unsigned], file.ToArray()[..unsigned]);
    }

    [Fact]
    public void The_key_and_the_nonces_are_those_of_the_vector()
    {
        using var recipient = Keys("recipient");
        var info = BundleLayout.KeyInfo(Bytes("ephemeral_public_key_hex"), Bytes("recipient_public_key_hex"));
        Assert.Equal(Bytes("key_info_hex"), info);
        Assert.Equal(Bytes("key_hex"), recipient.Share(Bytes("ephemeral_public_key_hex"), info));
        foreach (var vector in Vector.GetProperty("nonces").EnumerateArray())
        {
            var nonce = new byte[BundleLayout.NonceLength];
            BundleLayout.WriteNonce(vector.GetProperty("chunk").GetUInt64(), vector.GetProperty("last").GetBoolean(), nonce);

            Assert.Equal(vector.GetProperty("nonce_hex").GetString(), Convert.ToHexStringLower(nonce));
        }
    }

    private NodeKeys Keys(string node)
    {
        var folder = Path.Combine(_directory.Path, node);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "node-keys.json"), JsonSerializer.Serialize(new
        {
            MasterSuite = "hkdf-sha256/aes-256-gcm",
            Master = new byte[32],
            SignerSuite = Suites.SignEcdsaP256,
            Signer = Bytes(node + "_private_key_hex"),
        }));
        return NodeKeys.Load(folder);
    }

    private static byte[] Bytes(string name) => Convert.FromHexString(Vector.GetProperty(name).GetString()!);
}
