using System.Globalization;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>Who was given a person's records; the JSON of <c>exchange who-saw</c>.</summary>
/// <param name="Subject">The subject's id.</param>
/// <param name="Records">Records about the subject that have, or had, their home at the node.</param>
/// <param name="Partners">Who was given any of them.</param>
/// <param name="Unreachable">Partners that were asked and gave no answer.</param>
/// <param name="Foreign">Records about the subject whose home is another node.</param>
/// <param name="Households">Households whose head the person is.</param>
/// <param name="PassedOn">Records about the subject with another home that the node passed on.</param>
internal sealed record WhoSawReport(
    string Subject,
    uint Records,
    IReadOnlyList<WhoSawReport.Partner> Partners,
    IReadOnlyList<string> Unreachable,
    uint Foreign,
    IReadOnlyList<string> Households,
    uint PassedOn)
{
    public static WhoSawReport From(WhoSawResponse answer) => new(
        answer.SubjectId,
        answer.RecordCount,
        [.. answer.Partners.Select(Partner.From)],
        answer.Unreachable,
        answer.ForeignCount,
        answer.HouseholdIds,
        answer.PassedOnCount);

    public IEnumerable<string> Lines()
    {
        var whom = Partners.Count switch
        {
            0 => "given to nobody",
            1 => "given to 1 partner",
            _ => $"given to {Partners.Count} partners",
        };
        var passedOn = PassedOn == 0 ? "" : $", {PassedOn} passed on";
        yield return $"{Subject}: {Records} records at home here{passedOn}, {whom}";
        foreach (var partner in Partners)
        {
            foreach (var line in partner.Lines())
            {
                yield return line;
            }
        }
    }

    /// <summary>What one partner was given.</summary>
    /// <param name="Node">The partner's node id.</param>
    /// <param name="Views">The records, by what was shown of them.</param>
    /// <param name="Error">Why it gave no answer; null when it did, or wasn't asked.</param>
    /// <param name="PassedOnBy">The partner that passed them on to it; null for a partner of this node.</param>
    internal sealed record Partner(
        string Node, IReadOnlyList<View> Views, FailureReport? Error, string? PassedOnBy)
    {
        public static Partner From(DisclosurePartner partner) => new(
            partner.Node,
            [.. partner.Views.Select(View.From)],
            partner.Error is { } error ? FailureReport.From(error) : null,
            partner.PassedOnBy.Length == 0 ? null : partner.PassedOnBy);

        public IEnumerable<string> Lines()
        {
            var way = PassedOnBy is null ? "" : $", passed on by {PassedOnBy}";
            foreach (var view in Views)
            {
                var purpose = view.Purpose.Length == 0 ? "" : $", for {view.Purpose}";
                yield return $"  {Node}{way}: {view.Kind} as {view.Projection} under {view.Agreement}{purpose}";
                yield return "    " + (view.TermsKnown ? string.Join(", ", view.Fields.Select(field => field.Words()))
                    : PassedOnBy is not null ? $"which fields that were is known to {PassedOnBy}"
                    : "which fields that were isn't known: the agreement's version is no longer held");
                foreach (var record in view.Records)
                {
                    yield return "    " + record.Words();
                }
            }

            if (Error is not null)
            {
                yield return $"  {Node} gave no answer: {Error.Message}";
            }
        }
    }

    /// <summary>Records of one kind that were shown in the same way.</summary>
    /// <param name="Kind">The kind.</param>
    /// <param name="Agreement">The agreement's id.</param>
    /// <param name="AgreementVersion">Its version.</param>
    /// <param name="Projection">The projection's name.</param>
    /// <param name="Purpose">What for.</param>
    /// <param name="TermsKnown">Purpose and fields could be told.</param>
    /// <param name="Fields">The most that was shown.</param>
    /// <param name="Records">The records.</param>
    internal sealed record View(
        string Kind,
        string Agreement,
        uint AgreementVersion,
        string Projection,
        string Purpose,
        bool TermsKnown,
        IReadOnlyList<Field> Fields,
        IReadOnlyList<Given> Records)
    {
        public static View From(DisclosedView view) => new(
            view.Kind,
            view.AgreementId,
            view.AgreementVersion,
            view.Projection,
            view.Purpose,
            view.TermsKnown,
            [.. view.Fields.Select(field => new Field(field.Path, field.Mask != Mask.Unspecified))],
            [.. view.Records.Select(Given.From)]);
    }

    /// <summary>A field that was shown.</summary>
    /// <param name="Path">Its path.</param>
    /// <param name="Masked">It was hidden in part.</param>
    internal sealed record Field(string Path, bool Masked)
    {
        public string Words() => Masked ? $"{Path} (masked)" : Path;
    }

    /// <summary>A record that was given.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Version">The version that was sent last.</param>
    /// <param name="Revision">Which view of it.</param>
    /// <param name="Sent">When that was.</param>
    /// <param name="Withdrawn">It was taken back.</param>
    /// <param name="Confirmed">The partner acknowledged it.</param>
    /// <param name="Holding">What the partner says that it holds; null when it gave no answer, or wasn't asked.</param>
    /// <param name="AsRegistered">That is what the register says; null when there was no answer.</param>
    internal sealed record Given(
        string Id,
        string Version,
        uint Revision,
        DateTimeOffset Sent,
        bool Withdrawn,
        bool Confirmed,
        string? Holding,
        bool? AsRegistered)
    {
        public static Given From(DisclosedRecord record) => new(
            record.Id,
            string.Create(
                CultureInfo.InvariantCulture, $"{record.Version?.Clock ?? 0:x16}@{record.Version?.Node ?? ""}"),
            record.Revision,
            record.SentTime.ToDateTimeOffset(),
            record.Withdrawn,
            record.Confirmed,
            record.Holding is { } holding ? Told(holding) : null,
            record.Holding is null ? null : record.AsRegistered);

        public string Words()
        {
            var sent = string.Create(
                CultureInfo.InvariantCulture, $"{Id} {(Withdrawn ? "taken back" : "sent")} {Sent:u}");
            var confirmed = Confirmed ? "confirmed" : "not confirmed";
            var holding = Holding is null ? ""
                : $"; says: {Holding}{(AsRegistered == true ? ", as registered" : ", NOT AS REGISTERED")}";
            return $"{sent}, {confirmed}{holding}";
        }

        private static string Told(Holding holding) =>
            Names.Lower(holding.State.ToString()) + (holding.Quarantined ? " and in quarantine" : "");
    }
}
