using System.Globalization;
using Exchange.Node.Records;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Messages;

/// <summary>Messages: found by their worker and their place, and while they wait by the way that they go.</summary>
internal sealed class OutboxMessageKind : RecordKind<OutboxMessage>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "outbox_message";

    /// <summary>The channel of a message that waits.</summary>
    public const string WaitingIndex = "waiting";

    private const int MostVacancies = 20;

    public override string Name => KindName;

    public override bool IsPersonal => true;

    public override bool NamesWorkers => true;

    public override bool StaysHome => true;

    /// <summary>The key of what waits for a channel.</summary>
    public static string Waiting(MessageChannel channel) => ((int)channel).ToString(CultureInfo.InvariantCulture);

    protected override IEnumerable<FieldViolation> Check(OutboxMessage payload, RuleContext context) =>
    [
        .. ShapeRules.Check(payload),
        .. CountRules.CheckMost(payload.VacancyIds.Count, "vacancy_ids", MostVacancies),
        .. DateRules.CheckPast(payload.WrittenDate, context.Today, "written_date"),
        .. DateRules.CheckPast(payload.SettledDate, context.Today, "settled_date"),
        .. CheckReceiver(payload),
    ];

    protected override RecordFacts Describe(Guid id, OutboxMessage payload, IPersonTokens tokens)
    {
        var keys = new List<IndexKey>(2);
        if (payload.State == MessageState.Waiting)
        {
            keys.Add(new IndexKey(WaitingIndex, Waiting(payload.Channel)));
        }

        if (PlaceRules.Code(payload.Place) is { Length: > 0 } division)
        {
            keys.Add(new IndexKey(IndexNames.Division, division));
        }

        var hasWorker = ReferenceRules.IsId(payload.WorkerId);
        return new RecordFacts
        {
            Keys = keys,
            ScopeKeys = ScopeNames.Of(payload.Place),
            SubjectIds = [hasWorker ? payload.WorkerId : id.ToString()],
            References = [.. ReferenceRules.To(WorkerKind.KindName, payload.WorkerId)],
        };
    }

    private static IEnumerable<FieldViolation> CheckReceiver(OutboxMessage message)
    {
        if (message.Channel == MessageChannel.NoticeBoard && message.WorkerId.Length > 0)
        {
            yield return new("worker_id", "A notice board is for everybody. Leave it out.");
        }
        else if (message.Channel is MessageChannel.Sms or MessageChannel.Wechat && message.WorkerId.Length == 0)
        {
            yield return new("worker_id", "It is missing. Say who gets the message.");
        }
    }
}
