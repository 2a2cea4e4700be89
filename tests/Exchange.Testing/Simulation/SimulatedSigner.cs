using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Testing.Simulation;

/// <summary>Signatures that anybody could make, but that fit one node and one statement only.</summary>
internal sealed class SimulatedSigner(string node) : IReceiptSigner
{
    public NodeSignature Sign(ReadOnlySpan<byte> statement) => new()
    {
        Node = node,
        Suite = "simulated",
        Signature = ByteString.CopyFrom(Make(node, statement)),
    };

    public bool Verify(ReadOnlySpan<byte> statement, NodeSignature signature) =>
        signature.Signature.Span.SequenceEqual(Make(signature.Node, statement));

    private static byte[] Make(string node, ReadOnlySpan<byte> statement) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(node), statement);
}
