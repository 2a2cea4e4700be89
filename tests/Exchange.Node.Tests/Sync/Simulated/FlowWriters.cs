using System.Globalization;
using Exchange.Node.Tests.Agreements;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>What the clerks of both nodes do all day, by chance.</summary>
internal sealed class FlowWriters(FlowWorld world)
{
    private static readonly string[] Places = ["530627101203", "530621", "530630"];

    private static readonly Dictionary<string, string> Purposes = new()
    {
        [SampleAgreements.Town] = "placement",
        [SampleAgreements.Hub] = "register",
    };

    private int _number;

    /// <summary>The region takes somebody in, refers, corrects, deletes, erases.</summary>
    public Task WriteRegionAsync(Random chance)
    {
        var person = Pick(world.People.FindAll(person => person.Facts.State == RecordState.Active), chance);
        return (chance.Next(16), person) switch
        {
            ( < 3, _) or (_, null) => TakeInAsync(chance),
            ( < 5, _) => MoveAsync(person, chance),
            ( < 9, _) => ReferAsync(person),
            (9, _) => VoidAsync(world.Region, chance),
            (10, _) => RestoreAsync(chance),
            ( < 13, _) => AskAsync(person, chance),
            (13 or 15, _) when world.ErasesOnly => EraseAsync(chance),
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
        var asked = chance.Next(2) == 0 ? Purposes.Keys.ToList() : [world.City.Id];
        var basis = chance.Next(5) switch
        {
            0 => null,
            < 3 => FlowNode.Duty,
            _ => Consent([.. asked.Select(recipient => Word(recipient, new ConsentWord(1, IsNo: false)))]),
        };
        var key = await world.Region.PutAsync(worker, basis);
        world.Trace?.Invoke($"takes in {key}, {basis}, {worker.RegisteredPlace.DivisionCode}");
        var facts = new PersonFacts
        {
            Payload = worker,
            Place = worker.RegisteredPlace.DivisionCode,
            Basis = basis?.Kind,
        };
        var person = new Person { Key = key, First = worker, Facts = facts };
        foreach (var recipient in basis is { Kind: LegalBasisKind.Consent } ? asked : [])
        {
            person.Paper[recipient] = 1;
            person.Facts = person.Facts.With(recipient, new ConsentWord(1, IsNo: false));
        }

        world.Add(person);
    }

    private async Task MoveAsync(Person person, Random chance)
    {
        var worker = person.Facts.Payload.Clone();
        worker.Phone = "139" + (++_number).ToString("D8", CultureInfo.InvariantCulture);
        worker.RegisteredPlace.DivisionCode = Places[chance.Next(Places.Length)];
        await world.Region.PutAsync(worker, id: person.Key.Id);
        person.Facts = Whole(person, worker);
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
        world.Add(new Happening(key, payload, writer.Id, person));
    }

    // The mistake was no mistake.
    private async Task RestoreAsync(Random chance)
    {
        var mistakes = world.Events.FindAll(happening => happening.State == RecordState.Active
            && happening.Home == world.Region.Id && IsActive(happening.Person)
            && Referrals().Exists(referral => referral.Key.Id.ToString() == happening.Payload.VoidedEventId));
        if (Pick(mistakes, chance) is { } mistake)
        {
            var again = mistake.Payload.Clone();
            again.VoidedEventId = mistake.Key.Id.ToString();
            await HappenAsync(world.Region, again, mistake.Person);
        }
    }

    // A consent that is withdrawn, or given again.
    private async Task AskAsync(Person person, Random chance)
    {
        if (person.Facts.Basis == LegalBasisKind.StatutoryDuty)
        {
            return;
        }

        var recipient = chance.Next(3) == 0 ? world.Hub.Id : world.City.Id;
        var isNo = person.Facts.Basis is not null && person.Facts.HasBasis(recipient);
        var word = new ConsentWord(person.Paper.GetValueOrDefault(recipient) + 1, isNo);
        person.Paper[recipient] = word.Version;
        var payload = person.Facts.Payload;
        await world.Region.PutAsync(payload, Consent(Word(recipient, word)), person.Key.Id);
        person.Facts = Whole(person, payload).With(recipient, word) with { Basis = LegalBasisKind.Consent };
        world.Trace?.Invoke($"{person.Key} says {(isNo ? "no" : "yes")} to {recipient}, version {word.Version}");
        world.Injected(isNo ? "a consent withdrawn" : "a consent given again");
    }

    private async Task DeleteAsync(Person person)
    {
        await world.Region.DeleteAsync(person.Key);
        person.Facts = person.Facts with { State = RecordState.Deleted };
        world.Trace?.Invoke($"deletes {person.Key}");
    }

    private async Task EraseAsync(Random chance)
    {
        var living = world.People.FindAll(
            person => person.Facts.State is RecordState.Active or RecordState.Frozen);
        if (Pick(living, chance) is not { } person)
        {
            return;
        }

        await world.Region.Erasure.EraseAsync(
            person.Key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        person.Facts = person.Facts with { State = RecordState.Erased };
        world.Trace?.Invoke($"erases {person.Key}");
        foreach (var own in OwnOf(person))
        {
            own.State = RecordState.Erased;
        }

        world.Injected("an erasure");
    }

    private async Task FreezeAsync(Random chance)
    {
        var living = world.People.FindAll(
            person => person.Facts.State is RecordState.Active or RecordState.Frozen);
        if (Pick(living, chance) is { } person)
        {
            var next = IsActive(person) ? RecordState.Frozen : RecordState.Active;
            await world.Region.Restriction.SetAsync(person.Key.Id, next, default);
            person.Facts = person.Facts with { State = next };
            foreach (var own in OwnOf(person))
            {
                own.State = next;
            }

            world.Trace?.Invoke($"{person.Key} becomes {next}");
            world.Injected(next == RecordState.Frozen ? "a restriction" : "a restriction lifted");
        }
    }

    private List<Happening> Referrals() => world.Events.FindAll(happening => happening.State == RecordState.Active
        && happening.Payload.Type == PlacementEventType.Referred
        && world.People.Contains(happening.Person) && IsActive(happening.Person));

    // What is about a person at home, and still says something.
    private IEnumerable<Happening> OwnOf(Person person) => world.Events.Where(own => own.Person == person
        && own.Home == world.Region.Id && own.State is RecordState.Active or RecordState.Frozen);

    private static bool IsActive(Person person) => person.Facts.State == RecordState.Active;

    // Whoever is written anew by a clerk is whole again.
    private static PersonFacts Whole(Person person, Worker worker) => person.Facts with
    {
        Payload = worker,
        Place = worker.RegisteredPlace.DivisionCode,
        IsPartial = false,
    };

    private static LegalBasis Consent(params Consent[] words) =>
        new() { Kind = LegalBasisKind.Consent, Consents = { words } };

    private static Consent Word(string recipient, ConsentWord word) => new()
    {
        Version = word.Version,
        RecipientNode = recipient,
        Purpose = Purposes[recipient],
        TextVersion = word.IsNo ? "" : "2026-1",
        Withdrawn = word.IsNo,
    };

    private static T? Pick<T>(List<T> all, Random chance)
        where T : class => all.Count == 0 ? null : all[chance.Next(all.Count)];
}
