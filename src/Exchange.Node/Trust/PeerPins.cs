using System.Security.Cryptography.X509Certificates;
using System.Text;
using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Trust;

/// <summary>
/// The certificates of partners that count here, in the store: read at each handshake and each call, so that a change
/// acts at once.
/// </summary>
internal sealed class PeerPins(IRecordStore store, TimeProvider time)
{
    /// <summary>The most certificates of one partner.</summary>
    public const int MaxOfOne = 8;

    private const string Collection = "peer-certificates";
    private const int MaxKept = 10_000;

    /// <summary>How long the certificates before it count once a partner has shown a newer one.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(7);

    /// <summary>All that are kept, by partner and time.</summary>
    public Task<IReadOnlyList<PeerCertificate>> AllAsync(CancellationToken cancellationToken) =>
        ReadAsync(default, cancellationToken);

    /// <summary>Those of one partner that count now, by time.</summary>
    public async Task<IReadOnlyList<PeerCertificate>> OfAsync(string node, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return [.. (await ReadAsync(PrefixOf(node), cancellationToken)).Where(pin => Counts(pin, now))];
    }

    /// <summary>Whether a pin hasn't ended.</summary>
    public static bool Counts(PeerCertificate pin, DateTimeOffset now) =>
        pin.EndTime is null || pin.EndTime.ToDateTimeOffset() > now;

    /// <summary>Whether a certificate is good at a moment, by its own dates.</summary>
    public static bool IsGood(PeerCertificate pin, DateTimeOffset now) =>
        Counts(pin, now) && pin.ValidFromTime.ToDateTimeOffset() <= now && now <= pin.ValidToTime.ToDateTimeOffset();

    /// <summary>Pins the certificate on a card, which was checked; one that is pinned already stays as it is.</summary>
    /// <exception cref="ExchangeException">The partner has too many.</exception>
    public async Task<PeerCertificate> PinAsync(
        PeerCard card, PinOrigin origin, CancellationToken cancellationToken)
    {
        var pin = RowOf(card, origin, time.GetUtcNow());
        var all = await AllAsync(cancellationToken);
        if (all.Any(other => other.Node != card.Node && other.KeyHash.Equals(pin.KeyHash)))
        {
            throw ExchangeException.Invalid("card.certificate", "Its key is pinned here for another partner.");
        }

        var standing = await OfAsync(card.Node, cancellationToken);
        if (standing.FirstOrDefault(other => other.KeyHash.Equals(pin.KeyHash)) is { EndTime: null } same
            && same.Certificate.Equals(pin.Certificate))
        {
            return same;
        }

        if (standing.Count >= MaxOfOne && standing.All(other => !other.KeyHash.Equals(pin.KeyHash)))
        {
            throw ExchangeException.Invalid(
                "card.certificate", $"'{card.Node}' has {MaxOfOne} certificates here already. Remove one first.");
        }

        await store.CommitAsync(new Commit { Entries = [Write(pin)] }, cancellationToken);
        return pin;
    }

    /// <summary>Forgets one certificate of a partner, or all; returns those that were there.</summary>
    public async Task<IReadOnlyList<PeerCertificate>> RemoveAsync(
        string node, ByteString? keyHash, CancellationToken cancellationToken)
    {
        var gone = (await ReadAsync(PrefixOf(node), cancellationToken))
            .Where(pin => keyHash is null || pin.KeyHash.Equals(keyHash))
            .ToList();
        if (gone.Count > 0)
        {
            var drops = gone.Select(pin => EntryWrite.Delete(Collection, KeyOf(pin)));
            await store.CommitAsync(new Commit { Entries = [.. drops] }, cancellationToken);
        }

        return gone;
    }

    /// <summary>
    /// Notes that a partner has shown a certificate. From the first time on, those that were pinned before it end after
    /// <see cref="Overlap"/>.
    /// </summary>
    public async Task UsedAsync(string node, byte[] keyHash, CancellationToken cancellationToken)
    {
        var pins = await OfAsync(node, cancellationToken);
        if (pins.FirstOrDefault(pin => pin.KeyHash.Span.SequenceEqual(keyHash)) is not { FirstUseTime: null } shown)
        {
            return;
        }

        var now = time.GetUtcNow();
        var before = pins.Where(pin => pin != shown && pin.EndTime is null && pin.PinTime <= shown.PinTime).ToList();
        shown.FirstUseTime = now.ToTimestamp();
        before.ForEach(pin => pin.EndTime = (now + Overlap).ToTimestamp());
        await store.CommitAsync(
            new Commit { Entries = [Write(shown), .. before.Select(Write)] }, cancellationToken);
    }

    /// <summary>A row for the store.</summary>
    public static EntryWrite Write(PeerCertificate pin) => new(Collection, KeyOf(pin), pin.ToByteArray());

    /// <summary>The row of a card's certificate.</summary>
    public static PeerCertificate RowOf(PeerCard card, PinOrigin origin, DateTimeOffset now)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(card.Certificate.Span);
        return new PeerCertificate
        {
            Node = card.Node,
            Certificate = card.Certificate,
            KeyHash = ByteString.CopyFrom(TlsCertificate.HashOf(certificate)),
            PublicKey = card.PublicKey,
            Origin = origin,
            PinTime = now.ToTimestamp(),
            ValidFromTime = new DateTimeOffset(certificate.NotBefore).ToTimestamp(),
            ValidToTime = new DateTimeOffset(certificate.NotAfter).ToTimestamp(),
        };
    }

    private async Task<IReadOnlyList<PeerCertificate>> ReadAsync(
        ReadOnlyMemory<byte> prefix, CancellationToken cancellationToken) =>
    [
        .. (await store.ReadEntriesAsync(Collection, prefix, default, MaxKept, cancellationToken))
            .Select(entry => PeerCertificate.Parser.ParseFrom(entry.Value.Span))
            .OrderBy(pin => pin.Node, StringComparer.Ordinal).ThenBy(pin => pin.PinTime),
    ];

    private static byte[] KeyOf(PeerCertificate pin) => [.. PrefixOf(pin.Node), .. pin.KeyHash.Span];

    private static byte[] PrefixOf(string node) => [.. Encoding.UTF8.GetBytes(node), 0];
}
