using System.Buffers.Binary;
using System.Text;
using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Records;

/// <summary>
/// The publishing stream that an item belongs to. Its fence, answers and undo entries are written in the item's own
/// commit, so that an answer exists exactly when its item does.
/// </summary>
/// <param name="Publisher">Who publishes.</param>
/// <param name="Stream">Which of the publisher's streams.</param>
/// <param name="Fence">
/// What <see cref="Streams"/> must hold for this call to be the newest: 16 bytes that tell calls apart, then the time.
/// Nobody fences a unary request; its entry is there to be forgotten by, and holds what the request was. Empty when
/// nothing is kept.
/// </param>
/// <param name="Undoable">Keeps what each item replaces.</param>
internal sealed record PutScope(string Publisher, string Stream, ReadOnlyMemory<byte> Fence, bool Undoable)
{
    /// <summary>The collection of open streams and of unary requests: publisher/stream to fence.</summary>
    public const string Streams = "streams";

    /// <summary>The collection of when streams that stay open were last seen open.</summary>
    public const string Used = "stream-used";

    /// <summary>The collection of the placements that unary requests began.</summary>
    public const string Placements = "request-placements";

    /// <summary>The collection of answers, newest number first.</summary>
    public const string Answers = "stream-answers";

    /// <summary>The collection of what items replaced.</summary>
    public const string Undo = "stream-undo";

    /// <summary>The publisher of unary requests; it has a character that no caller's publisher can have.</summary>
    private const string Requests = "~request";

    /// <summary>The length of a fence.</summary>
    private const int FenceLength = MarkLength + 8;

    private const int MarkLength = 16;

    /// <summary>It is one unary request, named by its request id.</summary>
    public bool IsRequest => Publisher == Requests;

    /// <summary>The scope of a unary request; null without a request id.</summary>
    /// <param name="requestId">The caller's name for it.</param>
    /// <param name="mark">Tells it from other requests; empty when its only item does.</param>
    /// <param name="now">From when on it is kept.</param>
    public static PutScope? ForRequest(string requestId, ReadOnlySpan<byte> mark, DateTimeOffset now) =>
        requestId.Length switch
        {
            0 => null,
            > 128 => throw ExchangeException.Invalid(
                "request_id", "It can have at most 128 characters; a UUID is best."),
            _ => new PutScope(Requests, requestId, FenceOf(mark, now), Undoable: false),
        };

    /// <summary>A fence: what tells the call apart, of which 16 bytes count, and when it was made.</summary>
    public static byte[] FenceOf(ReadOnlySpan<byte> mark, DateTimeOffset now)
    {
        var fence = new byte[FenceLength];
        mark[..Math.Min(mark.Length, MarkLength)].CopyTo(fence);
        BinaryPrimitives.WriteInt64BigEndian(fence.AsSpan(MarkLength), now.ToUnixTimeMilliseconds());
        return fence;
    }

    /// <summary>When a fence was made.</summary>
    public static DateTimeOffset TimeOf(ReadOnlySpan<byte> fence) =>
        DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(fence[MarkLength..]));

    /// <summary>Whether a stored fence tells the same call apart, whenever it was made.</summary>
    public bool HasMarkOf(ReadOnlySpan<byte> stored) => stored[..MarkLength].SequenceEqual(Fence.Span[..MarkLength]);

    /// <summary>The key of the stream itself.</summary>
    public byte[] StreamKey => Encoding.UTF8.GetBytes($"{Publisher}/{Stream}");

    /// <summary>What the keys of all its items begin with.</summary>
    public byte[] Prefix => [.. StreamKey, 0];

    /// <summary>
    /// The key of an item; numbers count down, so that the first key of a stream is its newest number.
    /// </summary>
    public byte[] ItemKey(ulong number)
    {
        var key = new byte[Prefix.Length + 8];
        Prefix.CopyTo(key, 0);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(key.Length - 8), ulong.MaxValue - number);
        return key;
    }

    /// <summary>The number in an item's key.</summary>
    public static ulong NumberOf(ReadOnlySpan<byte> itemKey) =>
        ulong.MaxValue - BinaryPrimitives.ReadUInt64BigEndian(itemKey[^8..]);

    /// <summary>
    /// The write that makes a commit fail once a newer call has opened the stream, and by which a unary request is
    /// forgotten some day; null when nothing is kept.
    /// </summary>
    public EntryWrite? FenceCheck() => Fence.IsEmpty
        ? null
        : new EntryWrite(Streams, StreamKey, Fence, IsRequest ? null : new EntryExpectation(Fence));

    /// <summary>
    /// The write that keeps an accepted item's answer: the digest of the item, then the answer. It fails the commit
    /// when the item was answered meanwhile, so that one that comes twice at once is written once.
    /// </summary>
    public EntryWrite AnswerEntry(ulong number, ReadOnlySpan<byte> digest, PutRecordAnswer answer)
    {
        var value = new byte[digest.Length + answer.CalculateSize()];
        digest.CopyTo(value);
        answer.WriteTo(value.AsSpan(digest.Length));
        return new EntryWrite(Answers, ItemKey(number), value, new EntryExpectation(null));
    }
}
