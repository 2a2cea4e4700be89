using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// What happened in one history: everything that stands at its home, and everything that was ever written.
/// </summary>
internal sealed class FlowWorld
{
    public FlowWorld(FlowNode region, FlowNode city, FlowNode hub, Action<string> injected)
    {
        (Region, City, Hub, Injected) = (region, city, hub, injected);
        Returns = new FlowReturns(this);
    }

    public FlowNode Region { get; }

    public FlowNode City { get; }

    public FlowNode Hub { get; }

    /// <summary>Told every trouble that was made.</summary>
    public Action<string> Injected { get; }

    public List<FlowLink> Links { get; } = [];

    /// <summary>What nodes that were put back must get back.</summary>
    public FlowReturns Returns { get; }

    /// <summary>The persons who stand at home, in whatever state.</summary>
    public List<Person> People { get; private set; } = [];

    /// <summary>The events that stand at home, in whatever state.</summary>
    public List<Happening> Events { get; private set; } = [];

    /// <summary>Vacancies and employers of the city; false once they are deleted.</summary>
    public Dictionary<RecordKey, bool> Offers { get; private set; } = [];

    /// <summary>Everybody who was ever taken in.</summary>
    public Dictionary<RecordKey, Person> Known { get; } = [];

    /// <summary>Everything that ever happened.</summary>
    public Dictionary<RecordKey, Happening> Happened { get; } = [];

    /// <summary>
    /// In this history nodes are put back to old backups; clocks are wrong by minutes then, and by hours otherwise.
    /// </summary>
    public bool Restores { get; init; }

    /// <summary>
    /// A node is put back to a backup of its database alone: its keys are those of today, as where an operator restores one.
    /// </summary>
    public bool KeepsKeys { get; init; }

    /// <summary>Told what is written, for whoever looks into a failing seed.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>No more trouble is made.</summary>
    public bool IsCalm { get; set; }

    /// <summary>The first promise that a node saw broken; null as long as none was.</summary>
    public string? Broken { get; set; }

    /// <summary>
    /// Changes a batch on its way into a node, for faults on purpose; null keeps it from being applied.
    /// </summary>
    public Func<string, SyncBatch, SyncBatch?>? Tamper { get; set; }

    /// <summary>Who would be deleted or restricted is erased, for faults on purpose that only an erasure shows.</summary>
    public bool ErasesOnly { get; set; }

    /// <summary>What a node takes for the agreement, for faults on purpose.</summary>
    public Func<string, Agreement, Agreement>? Misread { get; set; }

    public void Add(Person person)
    {
        Known[person.Key] = person;
        People.Add(person);
    }

    public void Add(Happening happening)
    {
        Happened[happening.Key] = happening;
        Events.Add(happening);
    }

    /// <summary>Those whose erasure outlasted a restore of their home: nobody may hold anything of them again.</summary>
    public HashSet<RecordKey> ErasedForGood { get; } = [];

    /// <summary>Takes a backup of what a node's clerks know; the answer puts it back.</summary>
    public Action BackUp(FlowNode node)
    {
        var events = Events.Where(seen => seen.Home == node.Id).Select(seen => (seen, seen.State)).ToList();
        var people = People.Select(person => (person, person.Facts)).ToList();
        var offers = new Dictionary<RecordKey, bool>(Offers);
        return () =>
        {
            var erased = Erased(node);
            Events = [.. Events.Where(seen => seen.Home != node.Id), .. events.Select(kept => kept.seen)];
            events.ForEach(kept => kept.seen.State = kept.State);
            if (ReferenceEquals(node, Region))
            {
                People = [.. people.Select(kept => kept.person)];
                people.ForEach(kept => kept.person.Facts = kept.Facts);
            }
            else if (ReferenceEquals(node, City))
            {
                Offers = new Dictionary<RecordKey, bool>(offers);
            }

            EraseAgain(erased);
        };
    }

    // The key store knows whom the node erased, whatever the database is put back to.
    private HashSet<Person> Erased(FlowNode node) => !KeepsKeys || !ReferenceEquals(node, Region)
        ? []
        : [.. Known.Values.Where(person => person.Facts.State == RecordState.Erased)];

    private void EraseAgain(HashSet<Person> erased)
    {
        foreach (var person in erased)
        {
            ErasedForGood.Add(person.Key);
            person.Facts = person.Facts with { State = RecordState.Erased };
        }

        foreach (var own in Events.Where(own => erased.Contains(own.Person) && own.Home == Region.Id
            && own.State is RecordState.Active or RecordState.Frozen))
        {
            own.State = RecordState.Erased;
        }
    }
}
