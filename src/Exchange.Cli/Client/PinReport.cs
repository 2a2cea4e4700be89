using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>A pinned certificate; in the JSON of <c>exchange peer</c>.</summary>
/// <param name="Node">The partner.</param>
/// <param name="Key">The SHA-256 of its public key, in hexadecimal.</param>
/// <param name="Origin"><c>card</c> or <c>announced</c>.</param>
/// <param name="Pinned">When it was pinned.</param>
/// <param name="ValidTo">Until when the certificate is good.</param>
/// <param name="FirstUsed">When the partner first showed it; null if it hasn't yet.</param>
/// <param name="Ends">When the pin ends; null while it counts.</param>
internal sealed record PinReport(
    string Node,
    string Key,
    string Origin,
    DateTimeOffset Pinned,
    DateTimeOffset ValidTo,
    DateTimeOffset? FirstUsed,
    DateTimeOffset? Ends)
{
    public static PinReport From(PeerCertificate pin) => new(
        pin.Node,
        Convert.ToHexStringLower(pin.KeyHash.Span),
        Names.Lower(pin.Origin.ToString()),
        pin.PinTime.ToDateTimeOffset(),
        pin.ValidToTime.ToDateTimeOffset(),
        pin.FirstUseTime?.ToDateTimeOffset(),
        pin.EndTime?.ToDateTimeOffset());

    /// <summary>The pin on a line.</summary>
    public string Line() =>
        $"{Node} {Key} from its {(Origin == "card" ? "card" : "announcement")} of {Pinned:yyyy-MM-dd}, good until "
        + $"{ValidTo:yyyy-MM-dd}, {(FirstUsed is null ? "not shown yet" : "in use")}"
        + (Ends is { } end ? $"; its pin ends {end:yyyy-MM-dd}" : "");
}
