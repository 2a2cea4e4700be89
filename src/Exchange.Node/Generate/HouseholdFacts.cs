using Exchange.Node.Standards;
using Exchange.V1;
using Google.Type;

namespace Exchange.Node.Generate;

/// <summary>What the members of a household share.</summary>
internal sealed record HouseholdFacts
{
    /// <summary>The share of households that were registered as poor.</summary>
    public const double CardShare = 0.215;

    // Roughly six in a hundred people were moved, nearly all of them registered as poor.
    private const double MovedShare = 0.27;

    private static readonly Weighted<string> Peoples = new(
        ("01", 89.5), ("06", 3.4), ("03", 3.4), ("07", 3.2), ("14", 0.2), ("08", 0.2), ("09", 0.1));

    private static readonly Weighted<CardStatus> Present = new(
        (CardStatus.OutOfPoverty, 90), (CardStatus.Poor, 5), (CardStatus.Returned, 2), (CardStatus.NewlyFound, 3));

    private HouseholdFacts(Dice dice)
    {
        Place = HomePlaces.Pick(dice);
        Surname = Names.Surname(dice);
        EthnicityCode = Peoples.Pick(dice);
        OtherMembers = dice.Between(0, 3);
        CardStatusHistory = dice.Chance(CardShare) ? History(dice) : [];
        Relocation = CardStatusHistory.Count > 0 && dice.Chance(MovedShare)
            ? new Relocation
            {
                Settlement = $"{Divisions.Find(Place.DivisionCode)!.Name}示例安置点",
                MovedDate = new Date
                {
                    Year = dice.Between(2017, 2020),
                    Month = dice.Between(1, 12),
                    Day = dice.Between(1, 28),
                },
            }
            : null;
    }

    public Place Place { get; }

    /// <summary>The surname that children have from their father.</summary>
    public string Surname { get; }

    public string EthnicityCode { get; }

    /// <summary>Members who are no workers: children and the old.</summary>
    public int OtherMembers { get; }

    /// <summary>Registered-poor status, oldest first; empty for most.</summary>
    public IReadOnlyList<CardStatusEntry> CardStatusHistory { get; }

    /// <summary>The move; null for most.</summary>
    public Relocation? Relocation { get; }

    public static HouseholdFacts Draw(ulong seed, long household) =>
        new(new Dice(seed, DiceStream.Household, household));

    // Most were registered in 2014, when the register was made. The campaign ended with 2020.
    private static List<CardStatusEntry> History(Dice dice)
    {
        var status = Present.Pick(dice);
        if (status == CardStatus.NewlyFound)
        {
            return [Entry(CardStatus.NewlyFound, dice.Between(2017, 2019))];
        }

        var registered = dice.Chance(0.8) ? 2014 : dice.Between(2015, 2017);
        var history = new List<CardStatusEntry> { Entry(CardStatus.Poor, registered) };
        if (status is CardStatus.OutOfPoverty or CardStatus.Returned)
        {
            history.Add(Entry(CardStatus.OutOfPoverty, dice.Between(registered + 1, 2020)));
        }

        if (status == CardStatus.Returned)
        {
            history.Add(Entry(CardStatus.Returned, dice.Between(history[^1].FromDate.Year, 2021)));
        }

        return history;
    }

    private static CardStatusEntry Entry(CardStatus status, int year) =>
        new() { Status = status, FromDate = new Date { Year = year } };
}
