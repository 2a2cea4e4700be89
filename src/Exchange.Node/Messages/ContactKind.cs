using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Messages;

/// <summary>Contacts: found by the worker, the placement, the vacancy and the place.</summary>
internal sealed class ContactKind() : PlainKind<Contact>(KindName)
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "contact";

    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(Contact payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.MadeDate, context.Today, "made_date"),
        .. CheckDays(payload),
        .. CheckOutcome(payload),
    ];

    private static IEnumerable<FieldViolation> CheckDays(Contact contact)
    {
        if (contact.State == ContactState.Planned && contact.PlannedDate is null)
        {
            yield return new("planned_date", "It is missing. Send the day for which the contact is planned.");
        }

        if (contact.State == ContactState.Planned && contact.MadeDate is not null)
        {
            yield return new("made_date", "The contact is planned still. Send its state, or leave the day out.");
        }

        if (contact.State > ContactState.Planned && contact.MadeDate is null)
        {
            yield return new("made_date", "It is missing. Send the day on which it was made, missed or declined.");
        }

        if (contact.NotBeforeDate is not null
            && contact.State is ContactState.Planned or ContactState.Missed)
        {
            yield return new("not_before_date", "Nobody has spoken with the worker. Leave it out.");
        }
    }

    private static IEnumerable<FieldViolation> CheckOutcome(Contact contact)
    {
        if (contact.State == ContactState.Made && contact.Outcome == default)
        {
            yield return new("outcome", "It is missing. Say what came of the contact.");
        }

        if (contact.State is ContactState.Planned or ContactState.Missed && contact.Outcome != default)
        {
            yield return new("outcome", "Nobody was reached, so that nothing came of it. Leave it out.");
        }

        if (contact.State == ContactState.Declined
            && contact.Outcome is not (ContactOutcome.Unspecified or ContactOutcome.Stop))
        {
            yield return new("outcome", "The worker declined. Leave it out, or send CONTACT_OUTCOME_STOP.");
        }
    }
}
