using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Node.Records;

/// <summary>
/// Where a list goes on: a cursor bound to the request that it belongs to. It holds ids and codes only, and survives
/// concurrent writes because it names a place in an order instead of counting.
/// </summary>
internal static class PageToken
{
    public const int DefaultPageSize = 100;

    public const int MaxPageSize = 1000;

    private const int HashLength = 8;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    /// <summary>Applies the defaults of AIP-158: 0 means the default, too big is capped, negative is refused.</summary>
    public static int PageSize(int requested) => requested switch
    {
        < 0 => throw ExchangeException.Invalid("page_size", "It can't be negative; 0 means the default of 100."),
        0 => DefaultPageSize,
        _ => Math.Min(requested, MaxPageSize),
    };

    /// <param name="cursor">Where the page ended; null makes the empty token of the last page.</param>
    /// <param name="scope">The request without its page fields.</param>
    /// <param name="time">Dates the token.</param>
    public static string Encode(QueryCursor? cursor, IMessage scope, TimeProvider time)
    {
        if (cursor is null)
        {
            return "";
        }

        var value = Encoding.UTF8.GetBytes(cursor.Value);
        var bytes = new byte[HashLength + 8 + 16 + value.Length];
        Hash(scope).CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(HashLength), time.GetUtcNow().ToUnixTimeMilliseconds());
        cursor.Id.TryWriteBytes(bytes.AsSpan(HashLength + 8), bigEndian: true, out _);
        value.CopyTo(bytes, HashLength + 24);
        return OpaqueToken.Encode(bytes);
    }

    /// <summary>Reads a token; null for the empty one, which begins at the beginning.</summary>
    /// <exception cref="ExchangeException">
    /// The token belongs to another request, is too old, or was never given.
    /// </exception>
    public static QueryCursor? Decode(string token, IMessage scope, TimeProvider time)
    {
        if (token.Length == 0)
        {
            return null;
        }

        var bytes = OpaqueToken.Decode(token);
        if (bytes is null || bytes.Length < HashLength + 24 || !bytes.AsSpan(0, HashLength).SequenceEqual(Hash(scope)))
        {
            throw Refused(
                "The page token doesn't belong to this request. Keep the other fields, or start without a token.");
        }

        // In numbers, because a token that somebody made up may name a time that no calendar has.
        var given = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(HashLength));
        if (given < (time.GetUtcNow() - Lifetime).ToUnixTimeMilliseconds())
        {
            throw Refused("The page token is more than 3 days old. Start without a token.");
        }

        return new QueryCursor(
            Encoding.UTF8.GetString(bytes.AsSpan(HashLength + 24)),
            new Guid(bytes.AsSpan(HashLength + 8, 16), bigEndian: true));
    }

    /// <summary>The same for a list that is ordered by a number.</summary>
    /// <exception cref="ExchangeException">As above.</exception>
    public static ulong? DecodeNumber(string token, IMessage scope, TimeProvider time) =>
        Decode(token, scope, time) is not { } cursor ? null
        : ulong.TryParse(cursor.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Refused("The page token was never given. Start without a token.");

    private static ExchangeException Refused(string message) =>
        new(StatusCode.InvalidArgument, ErrorReason.PageTokenInvalid, message, ("field", "page_token"));

    private static byte[] Hash(IMessage scope) => SHA256.HashData(
        [.. Encoding.UTF8.GetBytes(scope.Descriptor.FullName), 0, .. scope.ToByteArray()])[..HashLength];
}
