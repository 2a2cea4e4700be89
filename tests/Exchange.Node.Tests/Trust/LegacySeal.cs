using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Exchange.Store;

namespace Exchange.Node.Tests.Trust;

/// <summary>Seals as the versions before the key store did, under the node's one key.</summary>
internal static class LegacySeal
{
    public static byte[] Seal(string folder, RecordKey record, ReadOnlySpan<byte> plain)
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "node-keys.json")))!;
        var master = Convert.FromBase64String((string)file["Master"]!);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 32, info: "exchange payload seal v1"u8.ToArray());
        var result = new byte[1 + 12 + plain.Length + 16];
        result[0] = 1;
        RandomNumberGenerator.Fill(result.AsSpan(1, 12));
        using var cipher = new AesGcm(key, 16);
        cipher.Encrypt(
            result.AsSpan(1, 12),
            plain,
            result.AsSpan(13, plain.Length),
            result.AsSpan(^16..),
            Encoding.UTF8.GetBytes($"{record.Kind}/{record.Id}"));
        return result;
    }
}
