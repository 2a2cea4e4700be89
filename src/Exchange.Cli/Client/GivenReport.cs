using System.Globalization;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>One view that a partner was given; an element of the JSON of <c>exchange who-saw --history</c>.</summary>
/// <param name="Node">The partner.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Id">The record's id.</param>
/// <param name="Version">The version that was sent, or from which on it was taken back.</param>
/// <param name="Revision">Which view of it.</param>
/// <param name="Withdrawn">The record was taken back.</param>
/// <param name="Agreement">The agreement.</param>
/// <param name="Projection">The projection.</param>
/// <param name="Sent">When.</param>
/// <param name="Confirmed">The partner acknowledged it.</param>
/// <param name="Item">The keyed hash of what was sent, in hexadecimal; empty when it was taken back.</param>
/// <param name="Newest">Nothing newer was given of the record.</param>
internal sealed record GivenReport(
    string Node,
    string Kind,
    string Id,
    string Version,
    uint Revision,
    bool Withdrawn,
    string Agreement,
    string Projection,
    DateTimeOffset Sent,
    bool Confirmed,
    string Item,
    bool Newest)
{
    public static GivenReport From(Disclosure given) => new(
        given.Node,
        given.Kind,
        given.Id,
        string.Create(CultureInfo.InvariantCulture, $"{given.Version.Clock:x16}@{given.Version.Node}"),
        given.Revision,
        given.Withdrawn,
        given.AgreementId,
        given.Projection,
        given.SentTime.ToDateTimeOffset(),
        given.Confirmed,
        Convert.ToHexStringLower(given.DigestItem.Span),
        given.Newest);

    public string Words() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Node}: {Kind} {Id} {Version}/{Revision} {(Withdrawn ? "taken back" : $"as {Projection}")} under {Agreement} "
        + $"{Sent:u}, {(Confirmed ? "confirmed" : "not confirmed")}");
}
