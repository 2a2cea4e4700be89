using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Access;

/// <summary>A credential as this node keeps it: what may be told of it, and the hash of what proves it.</summary>
#pragma warning disable CA1001 // Cancelled at most and never timed, so there is nothing to dispose.
internal sealed class HeldCredential
{
    private const byte FormatByte = 1;
    private const int HashLength = 32;

    private readonly CancellationTokenSource _ending = new();

    public HeldCredential(Credential told, ReadOnlyMemory<byte> hash)
    {
        (Told, Hash) = (told, hash);
        Caller = new Caller(told.Name, [.. told.Roles]) { Reach = Reach.Of(told), Credential = this };
    }

    public Credential Told { get; private set; }

    /// <summary>The hash of the token, or the fingerprint of the certificate's key.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>Who calls by it.</summary>
    public Caller Caller { get; }

    /// <summary>Fires when it is good no longer.</summary>
    public CancellationToken Ended => _ending.Token;

    public string Key => KeyOf(Hash.Span);

    /// <summary>By what a hash is looked up.</summary>
    public static string KeyOf(ReadOnlySpan<byte> hash) => Convert.ToHexString(hash);

    public static HeldCredential Read(ReadOnlyMemory<byte> bytes) => bytes.Span[0] == FormatByte
        ? new HeldCredential(Credential.Parser.ParseFrom(bytes.Span[(1 + HashLength)..]), bytes.Slice(1, HashLength))
        : throw new InvalidDataException("A credential in the store is of a later version of this program.");

    /// <summary>What is stored when this is told of it from now on.</summary>
    public byte[] ToBytes(Credential told) => [FormatByte, .. Hash.Span, .. told.ToByteArray()];

    /// <summary>Why it isn't good at a moment; null when it is.</summary>
    public string? FaultAt(DateTimeOffset now) =>
        Told.RevokeTime is not null ? "revoked"
        : Told.ExpireTime.ToDateTimeOffset() <= now ? "expired"
        : null;

    /// <summary>Takes what was stored, and ends what is open if it is good no longer.</summary>
    public void Become(Credential told, DateTimeOffset now)
    {
        Told = told;
        EndIfDue(now);
    }

    /// <summary>Ends what is open if it is good no longer.</summary>
    public void EndIfDue(DateTimeOffset now)
    {
        if (!_ending.IsCancellationRequested && FaultAt(now) is not null)
        {
            _ending.Cancel();
        }
    }
}
