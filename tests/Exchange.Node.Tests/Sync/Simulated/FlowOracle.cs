using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// Who may see what, written down from the agreement's words and from what was written, and from nothing that the
/// product computes.
/// </summary>
internal sealed class FlowOracle(FlowWorld world)
{
    /// <summary>Everything that a node ever wrote, and whether its partner may have it now.</summary>
    public async Task<Dictionary<RecordKey, bool>> GivenAsync(FlowNode giver)
    {
        var given = new Dictionary<RecordKey, bool>();
        foreach (var happening in world.Events.Where(happening => happening.Home == giver.Id))
        {
            given[happening.Key] = MayPass(giver, "placement_event") && Holds(happening);
        }

        if (ReferenceEquals(giver, world.Region))
        {
            foreach (var person in world.People)
            {
                given[person.Key] = await MaySeeAsync(person);
            }
        }
        else
        {
            foreach (var (key, stands) in world.Offers)
            {
                given[key] = stands && MayPass(giver, key.Kind);
            }
        }

        return given;
    }

    /// <summary>What is wrong with a record as it goes out; null when nothing is.</summary>
    public string? Wrong(Record record)
    {
        var key = new RecordKey(record.Kind, Guid.Parse(record.Id));
        if (world.People.Find(person => person.Key == key) is { } person)
        {
            return WrongWorker(record.Payload.Unpack<Worker>(), person.Payload);
        }

        var happening = world.Events.Find(happening => happening.Key == key);
        if (happening is null || happening.Home != world.Region.Id)
        {
            return null;
        }

        var sent = record.Payload.Unpack<PlacementEvent>();
        var isBare = !(happening.Person is { State: RecordState.Active, HasBasis: true });
        return sent.Note.Length + sent.ReasonWords.Length > 0 || (isBare && sent.TransferBatch.Length > 0)
            ? "it tells more of the event than was agreed"
            : null;
    }

    private string? WrongWorker(Worker sent, Worker person)
    {
        var rule = Rule(world.Region, "worker")!;
        var hasPhone = rule.Fields.Any(field => field.Number == Worker.PhoneFieldNumber);
        return sent.Name == person.Name || sent.IdNumber == person.IdNumber || sent.Phone == person.Phone
            ? "it isn't masked"
            : sent.Phone.Length > 0 != hasPhone ? "the phone number doesn't follow the agreement"
            : sent.RegisteredPlace is not null || sent.Disability is not null || sent.CardStatusHistory.Count > 0
                || sent.EthnicityCode.Length + sent.Remark.Length > 0 || sent.BirthDate.Day > 0
                ? "it has fields that nobody agreed to"
                : null;
    }

    private async Task<bool> MaySeeAsync(Person person)
    {
        if (person is not { State: RecordState.Active, HasBasis: true } || Rule(world.Region, "worker") is not { } rule)
        {
            return false;
        }

        if (rule.Gate == Gate.All)
        {
            var place = person.Payload.RegisteredPlace.DivisionCode;
            return world.Agreement.Flows[0].DivisionPairs.Any(
                pair => place.StartsWith(pair.FromCode, StringComparison.Ordinal));
        }

        foreach (var referral in world.Events.Where(happening => happening.Person == person))
        {
            if (referral.Payload.Type == PlacementEventType.Referred && Holds(referral)
                && !await IsVoidAsync(referral))
            {
                return true;
            }
        }

        return false;
    }

    // Voiding what voids it restores an event. What the city writes counts from when the region knows of it.
    private async Task<bool> IsVoidAsync(Happening happening)
    {
        foreach (var mistake in world.Events.Where(
            other => other.Payload.VoidedEventId == happening.Key.Id.ToString() && !other.IsGone))
        {
            if (await world.Region.Store.GetAsync(mistake.Key, default) is { IsTombstone: false }
                && !await IsVoidAsync(mistake))
            {
                return true;
            }
        }

        return false;
    }

    private bool MayPass(FlowNode giver, string kind) => Rule(giver, kind) is not null;

    private KindRule? Rule(FlowNode giver, string kind) => world.Agreement.Flows
        .Single(flow => flow.FromNode == giver.Id).Kinds.SingleOrDefault(rule => rule.Kind == kind);

    // Whoever is frozen takes along what was written at home about them.
    private bool Holds(Happening happening) => !happening.IsGone
        && (happening.Home != world.Region.Id || happening.Person.State != RecordState.Frozen);
}
