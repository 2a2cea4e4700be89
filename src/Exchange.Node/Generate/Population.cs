using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>
/// The made-up workers and households of Zhaotong. Each is computed from the seed and its number alone: three million
/// need no more memory than three thousand.
/// </summary>
internal sealed class Population
{
    private readonly GeneratorOptions _options;
    private readonly HouseholdPlan _households;
    private readonly IdNumberPlan _numbers;

    public Population(GeneratorOptions options)
    {
        _options = options;
        _households = new HouseholdPlan(options.Seed);
        _numbers = new IdNumberPlan(options.Seed, options.AsOf);
    }

    /// <summary>Households with at least one of the workers.</summary>
    public long HouseholdCount => _options.Workers == 0 ? 0 : _households.HouseholdOf(_options.Workers - 1) + 1;

    /// <summary>Every household, in order.</summary>
    public IEnumerable<Household> Households()
    {
        for (var household = 0L; household < HouseholdCount; household++)
        {
            yield return HouseholdAt(household);
        }
    }

    /// <summary>Every worker, in order; members of a household follow one another.</summary>
    public IEnumerable<HouseholdMember> Workers()
    {
        var worker = 0L;
        for (var household = 0L; worker < _options.Workers; household++)
        {
            foreach (var member in MembersOf(household))
            {
                if (worker++ < _options.Workers)
                {
                    yield return member;
                }
            }
        }
    }

    /// <summary>The worker of a number, counted from 0.</summary>
    public HouseholdMember WorkerAt(long worker)
    {
        var household = _households.HouseholdOf(worker);
        return MembersOf(household)[(int)(worker - _households.WorkersOf(household).First)];
    }

    /// <summary>The household of a number, counted from 0.</summary>
    public Household HouseholdAt(long number)
    {
        var facts = HouseholdFacts.Draw(_options.Seed, number);
        var members = MembersOf(number, facts);
        var head = members.First(member => member.Worker.RelationToHead == Relations.Head).Worker;
        var household = new Household
        {
            HeadName = head.Name,
            HeadIdNumber = head.IdNumber,
            Phone = head.Phone,
            Place = facts.Place.Clone(),
            Relocation = facts.Relocation?.Clone(),
            HasDisabledMember = members.Any(member => member.Worker.Disability is not null),
            MemberCount = members.Count + facts.OtherMembers,
        };
        household.CardStatusHistory.Add(facts.CardStatusHistory.Select(entry => entry.Clone()));
        return household;
    }

    private List<HouseholdMember> MembersOf(long household) =>
        MembersOf(household, HouseholdFacts.Draw(_options.Seed, household));

    private List<HouseholdMember> MembersOf(long household, HouseholdFacts facts)
    {
        var (first, count) = _households.WorkersOf(household);
        var identities = Enumerable.Range(0, count).Select(i => _numbers[first + i]).ToList();
        var head = identities.MinBy(identity => identity.BirthDate);
        var relations = Relations.Of(identities, head, _options.AsOf);
        var workers = identities.Select((identity, i) => Build(first + i, identity, relations[i], facts)).ToList();
        var headName = workers[identities.IndexOf(head)].Name;
        return [.. workers.Select(worker => new HouseholdMember(worker, headName, head.Number))];
    }

    private Worker Build(long number, IdNumberPlan.Identity identity, string relation, HouseholdFacts facts)
    {
        var dice = new Dice(_options.Seed, DiceStream.Worker, number);
        var surname = Names.Surname(dice);
        var worker = new Worker
        {
            // A spouse, and who is no kin, brings a surname of her or his own.
            Name = (Relations.SharesSurname(relation) ? facts.Surname : surname) + Names.Given(dice, identity.Sex),
            IdNumber = identity.Number,
            Sex = identity.Sex,
            BirthDate = DateRules.ToDate(identity.BirthDate),
            EthnicityCode = facts.EthnicityCode,
            RegisteredPlace = facts.Place.Clone(),
            RelationToHead = relation,
        };
        worker.CardStatusHistory.Add(facts.CardStatusHistory.Select(entry => entry.Clone()));
        WorkerFacts.AddTo(worker, dice, Ages.At(identity.BirthDate, _options.AsOf), _options.AsOf);
        return worker;
    }
}
