using System.Globalization;
using Exchange.Node.Tests.Sync.HardCases;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>What the clerks of both nodes do all day, by chance.</summary>
internal sealed class FlowWriters(FlowWorld world)
{
    private static readonly string[] Places = ["530627101203", "530621", "530630"];

    private int _number;

    /// <summary>The region takes somebody in, refers, corrects, deletes, erases.</summary>
    public Task WriteRegionAsync(Random chance)
    {
        var person = Pick(world.People.FindAll(person => person.State == RecordState.Active), chance);
        return (chance.Next(16), person) switch
        {
            ( < 3, _) or (_, null) => TakeInAsync(chance),
            ( < 5, _) => MoveAsync(person, chance),
            ( < 9, _) => ReferAsync(person),
            (9, _) => VoidAsync(world.Region, chance),
            (10, _) => RestoreAsync(chance),
            ( < 13, _) => AskAsync(person),
            (13, _) => DeleteAsync(person),
            (14, _) => EraseAsync(chance),
            _ => FreezeAsync(chance),
        };
    }

    /// <summary>The city offers work, confirms, voids.</summary>
    public async Task WriteCityAsync(Random chance)
    {
        var standing = world.Offers.Where(offer => offer.Value).Select(offer => offer.Key).ToList();
        switch (chance.Next(8))
        {
            case < 3:
                world.Offers[await world.City.PutAsync(People.Vacancy(++_number))] = true;
                break;
            case 3:
                var name = string.Create(CultureInfo.InvariantCulture, $"东莞市第{++_number}鞋业有限公司");
                world.Offers[await world.City.PutAsync(new Employer { Name = name })] = true;
                break;
            case 4 when standing.Find(key => key.Kind == "vacancy") is { Kind: not null } vacancy:
                await world.City.PutAsync(People.Vacancy(++_number), id: vacancy.Id);
                break;
            case 5 when standing.Count > 0:
                var gone = standing[chance.Next(standing.Count)];
                await world.City.DeleteAsync(gone);
                world.Offers[gone] = false;
                break;
            case 6:
                await VoidAsync(world.City, chance);
                break;
            case 7 when Pick(Referrals(), chance) is { } referral:
                var arrived = referral.Payload.Clone();
                arrived.Type = PlacementEventType.Arrived;
                await HappenAsync(world.City, arrived, referral.Person);
                break;
        }
    }

    private async Task TakeInAsync(Random chance)
    {
        var worker = People.Worker(++_number, Places[chance.Next(Places.Length)]);
        var basis = chance.Next(5) switch
        {
            0 => null,
            < 3 => FlowNode.Duty,
            _ => Consents.Of(Consents.Given(1)),
        };
        var key = await world.Region.PutAsync(worker, basis);
        var hasConsent = basis is { Kind: LegalBasisKind.Consent };
        world.Trace?.Invoke($"takes in {key}, {basis?.Kind}, {worker.RegisteredPlace.DivisionCode}");
        world.People.Add(new Person
        {
            Key = key,
            Payload = worker,
            Basis = basis?.Kind,
            ConsentVersion = hasConsent ? 1u : 0u,
        });
    }

    private async Task MoveAsync(Person person, Random chance)
    {
        var worker = person.Payload.Clone();
        worker.Phone = "139" + (++_number).ToString("D8", CultureInfo.InvariantCulture);
        worker.RegisteredPlace.DivisionCode = Places[chance.Next(Places.Length)];
        await world.Region.PutAsync(worker, id: person.Key.Id);
        person.Payload = worker;
        world.Trace?.Invoke($"moves {person.Key} to {worker.RegisteredPlace.DivisionCode}");
    }

    private Task ReferAsync(Person person) =>
        HappenAsync(world.Region, world.Region.Referral(person.Key, world.City.Id), person);

    private async Task VoidAsync(FlowNode writer, Random chance)
    {
        if (Pick(Referrals(), chance) is { } referral)
        {
            var mistake = referral.Payload.Clone();
            (mistake.Type, mistake.VoidedEventId) = (PlacementEventType.RecordedInError, referral.Key.Id.ToString());
            await HappenAsync(writer, mistake, referral.Person);
        }
    }

    private async Task HappenAsync(FlowNode writer, PlacementEvent payload, Person person)
    {
        var key = await writer.PutAsync(payload, FlowNode.Duty);
        world.Trace?.Invoke($"{writer.Id} writes {key}: {payload.Type} of {person.Key} {payload.VoidedEventId}");
        world.Events.Add(new Happening(key, payload, writer.Id, person));
    }

    // The mistake was no mistake.
    private async Task RestoreAsync(Random chance)
    {
        var mistakes = world.Events.FindAll(happening => !happening.IsGone && happening.Home == world.Region.Id
            && happening.Person.State == RecordState.Active
            && Referrals().Exists(referral => referral.Key.Id.ToString() == happening.Payload.VoidedEventId));
        if (Pick(mistakes, chance) is { } mistake)
        {
            var again = mistake.Payload.Clone();
            again.VoidedEventId = mistake.Key.Id.ToString();
            await HappenAsync(world.Region, again, mistake.Person);
        }
    }

    // A consent that is withdrawn, or given again.
    private async Task AskAsync(Person person)
    {
        if (person.Basis == LegalBasisKind.StatutoryDuty)
        {
            return;
        }

        var isNo = person.ConsentVersion > 0 && !person.IsWithdrawn;
        var version = person.ConsentVersion + 1;
        var word = Consents.Of(isNo ? Consents.Withdrawn(version) : Consents.Given(version));
        await world.Region.PutAsync(person.Payload, word, person.Key.Id);
        (person.Basis, person.ConsentVersion, person.IsWithdrawn) = (LegalBasisKind.Consent, version, isNo);
        world.Trace?.Invoke($"{person.Key} says {(isNo ? "no" : "yes")}, version {version}");
        world.Injected(isNo ? "a consent withdrawn" : "a consent given again");
    }

    private async Task DeleteAsync(Person person)
    {
        await world.Region.DeleteAsync(person.Key);
        person.State = RecordState.Deleted;
        world.Trace?.Invoke($"deletes {person.Key}");
    }

    private async Task EraseAsync(Random chance)
    {
        var living = world.People.FindAll(person => person.State is RecordState.Active or RecordState.Frozen);
        if (Pick(living, chance) is not { } person)
        {
            return;
        }

        await world.Region.Erasure.EraseAsync(
            person.Key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        person.State = RecordState.Erased;
        world.Trace?.Invoke($"erases {person.Key}");
        foreach (var own in world.Events.Where(own => own.Person == person && own.Home == world.Region.Id))
        {
            own.IsGone = true;
        }

        world.Injected("an erasure");
    }

    private async Task FreezeAsync(Random chance)
    {
        var living = world.People.FindAll(person => person.State is RecordState.Active or RecordState.Frozen);
        if (Pick(living, chance) is { } person)
        {
            var next = person.State == RecordState.Active ? RecordState.Frozen : RecordState.Active;
            await world.Region.Restriction.SetAsync(person.Key.Id, next, default);
            person.State = next;
            world.Trace?.Invoke($"{person.Key} becomes {next}");
            world.Injected(next == RecordState.Frozen ? "a restriction" : "a restriction lifted");
        }
    }

    private List<Happening> Referrals() => world.Events.FindAll(happening => !happening.IsGone
        && happening.Payload.Type == PlacementEventType.Referred
        && happening.Person.State == RecordState.Active);

    private static T? Pick<T>(List<T> all, Random chance)
        where T : class => all.Count == 0 ? null : all[chance.Next(all.Count)];
}
