using Exchange.Node.Matching;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>
/// What figures are counted from, in columns: some hundred bytes for a worker with a placement, and nothing by which a
/// person would be known but the ids of records.
/// </summary>
internal sealed class FigureTables
{
    public FigureTables()
    {
        Totals = new HouseholdTotals(Codes, Cards);
        Profiles = new MatchProfiles(Trades, Codes);
    }

    public CodeTable Codes { get; } = new();

    public CardHistories Cards { get; } = new();

    public TradeTable Trades { get; } = new();

    /// <summary>What workers want and can do, for matching.</summary>
    public MatchProfiles Profiles { get; }

    /// <summary>The vacancies that somebody can be proposed for.</summary>
    public Table<PostRow> Posts { get; } = new();

    public Table<WorkerRow> Workers { get; } = new();

    public Table<HouseholdRow> Households { get; } = new();

    public Table<LinkRow> Vacancies { get; } = new();

    public Table<LinkRow> Classes { get; } = new();

    public Table<LinkRow> Policies { get; } = new();

    public Table<LinkRow> PaymentBatches { get; } = new();

    public Table<EventRow> Events { get; } = new();

    public Table<PlacementRow> Placements { get; } = new();

    /// <summary>Facts of records that are one fact each, by the measure that counts them.</summary>
    public IReadOnlyDictionary<Measure, Table<FactRow>> Facts { get; } = new Dictionary<Measure, Table<FactRow>>
    {
        [Measure.Trained] = new(),
        [Measure.Classes] = new(),
        [Measure.Paid] = new(),
        [Measure.Returned] = new(),
        [Measure.JobFairs] = new(),
        [Measure.StartUps] = new(),
        [Measure.SchoolLeavers] = new(),
        [Measure.Bases] = new(),
        [Measure.Batches] = new(),
    };

    /// <summary>The workers of certificates.</summary>
    public Table<int> Certificates { get; } = new();

    public HouseholdTotals Totals { get; }

    /// <summary>Changes a worker's row; the household's follows.</summary>
    public void ChangeWorker(int ordinal, WorkerRow row)
    {
        Contribute(ordinal, -1);
        Workers[ordinal] = row;
        Contribute(ordinal, 1);
    }

    /// <summary>Changes what a household's record says of it.</summary>
    public void ChangeHousehold(int ordinal, bool present, int area, int card, bool relocated)
    {
        ref var row = ref Households[ordinal];
        Totals.Add(Households.IdOf(ordinal), row, -1);
        (row.Present, row.Area, row.Card, row.Relocated) = (present, area, card, relocated);
        Totals.Add(Households.IdOf(ordinal), row, 1);
    }

    /// <summary>The status of a worker on the day that some statuses are of.</summary>
    public CardStatus StatusOf(in WorkerRow worker, CardStatus[] statuses) =>
        worker.Card != CardHistories.None || worker.Household < 0
            ? statuses[worker.Card]
            : statuses[Households[worker.Household].Card];

    private void Contribute(int ordinal, int by)
    {
        ref var worker = ref Workers[ordinal];
        if (!worker.Present || worker.Household < 0)
        {
            return;
        }

        ref var household = ref Households[worker.Household];
        Totals.Add(Households.IdOf(worker.Household), household, -1);
        household.Able += worker.IsAble && worker.Status != EmploymentStatus.InSchool ? by : 0;
        household.Employed += worker.IsEmployed ? by : 0;
        household.Trained += worker.Trained > 0 ? by : 0;
        household.Skilled += worker.HasSkill || worker.Certified > 0 ? by : 0;
        Totals.Add(Households.IdOf(worker.Household), household, 1);
    }
}
