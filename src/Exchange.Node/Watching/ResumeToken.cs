using System.Buffers.Binary;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Watching;

/// <summary>
/// Up to where a watch is complete: a position of one epoch, and where the snapshot ends while it isn't.
/// </summary>
/// <param name="Position">Everything up to here has been sent.</param>
/// <param name="SnapshotEnd">
/// The head when the watch began, until it was reached; the start once the snapshot is complete.
/// </param>
internal readonly record struct ResumeToken(FeedPosition Position, FeedPosition SnapshotEnd)
{
    private const byte Form = 1;
    private const int Length = 33;

    public string Encode(Guid epoch)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Form;
        epoch.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], Position.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[25..], SnapshotEnd.Value);
        return OpaqueToken.Encode(bytes);
    }

    /// <summary>Reads a token of this store's present history.</summary>
    /// <exception cref="ExchangeException">The token can't be read, or belongs to another history.</exception>
    public static ResumeToken Decode(string token, Guid epoch, FeedPosition head)
    {
        var bytes = OpaqueToken.Decode(token);
        if (bytes is not { Length: Length } || bytes[0] != Form)
        {
            throw new ExchangeException(
                StatusCode.InvalidArgument,
                ErrorReason.ResumeTokenInvalid,
                "The resume token can't be read. Send back exactly what was received.");
        }

        // A place that this history hasn't come to yet was given before the store was put back to an older state.
        var position = new FeedPosition(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(17)));
        if (new Guid(bytes.AsSpan(1, 16), bigEndian: true) != epoch || position > head)
        {
            throw new ExchangeException(
                StatusCode.OutOfRange,
                ErrorReason.ResumeTokenForeign,
                "The resume token comes from another history. Watch again without a token.",
                ("epoch", epoch.ToString()));
        }

        return new ResumeToken(position, new FeedPosition(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(25))));
    }
}
