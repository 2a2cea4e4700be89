using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// Who may see what, written down from the agreements' words and from what was written, and from nothing that the
/// product computes.
/// </summary>
internal sealed class FlowOracle(FlowWorld world)
{
    /// <summary>Everything that stands at a node, and whether a partner may have it now.</summary>
    public async Task<Dictionary<RecordKey, bool>> GivenAsync(FlowLink link, FlowNode giver)
    {
        var given = new Dictionary<RecordKey, bool>();
        foreach (var happening in world.Events.Where(happening => happening.Home == giver.Id))
        {
            given[happening.Key] = happening.State == RecordState.Active && MayPass(link, happening);
        }

        if (ReferenceEquals(giver, world.Region))
        {
            foreach (var person in world.People)
            {
                given[person.Key] = await MaySeeAsync(link, person);
            }
        }
        else if (ReferenceEquals(giver, world.City))
        {
            foreach (var (key, stands) in world.Offers)
            {
                given[key] = stands && link.Rule(giver.Id, key.Kind) is not null;
            }
        }

        return given;
    }

    /// <summary>What is wrong with a record as it goes out; null when nothing is.</summary>
    public string? Wrong(FlowLink link, Record record)
    {
        var key = new RecordKey(record.Kind, Guid.Parse(record.Id));
        if (world.Known.TryGetValue(key, out var person))
        {
            return ReferenceEquals(link.Other, world.City)
                ? WrongToCity(link, record.Payload.Unpack<Worker>(), person)
                : WrongToHub(link, record.Payload.Unpack<Worker>(), person);
        }

        if (!world.Happened.TryGetValue(key, out var happening) || happening.Home != world.Region.Id
            || !ReferenceEquals(link.Other, world.City))
        {
            return null;
        }

        var sent = record.Payload.Unpack<PlacementEvent>();
        var facts = happening.Person.Facts;
        var isBare = world.People.Contains(happening.Person)
            && !(facts.State == RecordState.Active && facts.HasBasis(world.City.Id));
        return sent.Note.Length + sent.ReasonWords.Length > 0 || (isBare && sent.TransferBatch.Length > 0)
            ? "it tells more of the event than was agreed"
            : null;
    }

    private string? WrongToCity(FlowLink link, Worker sent, Person person) =>
        sent.Name == person.First.Name || sent.IdNumber == person.First.IdNumber
            || (sent.Phone.Length > 0 && sent.Phone == person.Facts.Payload.Phone && !person.Facts.IsPartial)
            ? "it isn't masked"
            : sent.RegisteredPlace is { Words.Length: > 0 } or { DivisionCode.Length: > 6 }
                || sent.Disability is not null || sent.CardStatusHistory.Count > 0
                || sent.EthnicityCode.Length + sent.Remark.Length > 0 || sent.BirthDate.Day > 0
                ? "it has fields that nobody agreed to"
                : WrongPhone(link, sent, person);

    private string? WrongToHub(FlowLink link, Worker sent, Person person) =>
        WrongPhone(link, sent, person)
        ?? (!person.Facts.IsPartial && (sent.Name != person.First.Name || sent.Remark != person.First.Remark)
            ? "it isn't the whole register"
            : null);

    private string? WrongPhone(FlowLink link, Worker sent, Person person)
    {
        var hasPhone = link.Rule(world.Region.Id, "worker")!.Fields
            .Any(field => field.Number == Worker.PhoneFieldNumber);
        return sent.Phone.Length > 0 == hasPhone || (person.Facts.IsPartial && sent.Phone.Length == 0)
            ? null
            : "the phone number doesn't follow the agreement";
    }

    // Toward the hub goes the register of some counties; an event is registered in none.
    private static bool MayPass(FlowLink link, Happening happening)
    {
        var to = link.One.Id == happening.Home ? link.Other.Id : link.One.Id;
        return link.Rule(happening.Home, "placement_event") is { } rule
            && (rule.Gate == Gate.Party
                ? to == happening.Payload.ReceivingNode || to == happening.Payload.SendingNode
                : link.IsPaired(happening.Home, ""));
    }

    private async Task<bool> MaySeeAsync(FlowLink link, Person person)
    {
        var facts = person.Facts;
        if (facts.State != RecordState.Active || !facts.HasBasis(link.Other.Id)
            || link.Rule(world.Region.Id, "worker") is not { } rule)
        {
            return false;
        }

        if (rule.Gate == Gate.All)
        {
            return link.IsPaired(world.Region.Id, facts.Place);
        }

        foreach (var referral in world.Events.Where(happening => happening.Person == person))
        {
            if (referral.Payload.Type == PlacementEventType.Referred && referral.State == RecordState.Active
                && !await IsVoidAsync(referral))
            {
                return true;
            }
        }

        return false;
    }

    // Voiding what voids it restores an event. What the city writes counts from when the region knows of it, and goes
    // on to when the city has lost it.
    private async Task<bool> IsVoidAsync(Happening happening)
    {
        foreach (var mistake in world.Happened.Values.Where(
            other => other.Payload.VoidedEventId == happening.Key.Id.ToString() && other.State == RecordState.Active))
        {
            if (await world.Region.Store.GetAsync(mistake.Key, default) is { IsTombstone: false }
                && !await IsVoidAsync(mistake))
            {
                return true;
            }
        }

        return false;
    }
}
