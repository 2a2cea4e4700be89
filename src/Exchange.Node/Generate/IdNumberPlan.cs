using System.Globalization;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>
/// Gives every worker an ID number that nobody has: the check character is right, while the place code, 5399 and two
/// digits, was never issued. Only test nodes accept such numbers. No number is given twice.
/// </summary>
internal sealed class IdNumberPlan
{
    /// <summary>What every place code begins with: no prefecture of Yunnan ever had the number 99.</summary>
    public const string NoPrefecture = "5399";

    private const int SequencesOfOneSex = 500;

    // The number of place codes that serve an age and a sex sets how many people there are of them: a few more men than
    // women, and fewer of those who may still be in school.
    private static readonly (int FromAge, int ToAge, int Men, int Women)[] Ages =
    [
        (16, 18, 23, 21),
        (19, 40, 31, 29),
        (41, 60, 31, 29),
    ];

    private readonly List<Band> _bands = [];
    private readonly Permutation _order;

    public IdNumberPlan(ulong seed, DateOnly asOf)
    {
        var start = 0L;
        foreach (var (fromAge, toAge, men, women) in Ages)
        {
            var first = asOf.AddYears(-toAge - 1).AddDays(1);
            var days = asOf.AddYears(-fromAge).DayNumber - first.DayNumber + 1;
            foreach (var (sex, places) in new[] { (Sex.Male, men), (Sex.Female, women) })
            {
                _bands.Add(new Band(start, first, days, sex, places));
                start += (long)days * places * SequencesOfOneSex;
            }
        }

        _order = new Permutation(start, Dice.Mix(seed ^ 0x1D));
    }

    /// <summary>How many numbers there are.</summary>
    public long Count => _order.Count;

    /// <summary>The number of a worker, with what it tells.</summary>
    public Identity this[long worker]
    {
        get
        {
            var place = _order[worker];
            var band = _bands[^1];
            for (var i = 1; i < _bands.Count; i++)
            {
                if (place < _bands[i].Start)
                {
                    band = _bands[i - 1];
                    break;
                }
            }

            return band.At(place - band.Start);
        }
    }

    /// <summary>An ID number and what it tells.</summary>
    internal readonly record struct Identity(string Number, Sex Sex, DateOnly BirthDate);

    /// <summary>The numbers of one sex and some ages.</summary>
    private sealed record Band(long Start, DateOnly First, int Days, Sex Sex, int Places)
    {
        public Identity At(long offset)
        {
            var (rest, sequence) = Math.DivRem(offset, SequencesOfOneSex);
            var (places, day) = Math.DivRem(rest, Days);
            var birthDate = First.AddDays((int)day);
            var third = (sequence * 2) + (Sex == Sex.Male ? 1 : 0);
            var body = string.Create(
                CultureInfo.InvariantCulture, $"{NoPrefecture}{places + 1:00}{birthDate:yyyyMMdd}{third:000}");
            return new Identity(body + IdNumber.CheckCharacter(body), Sex, birthDate);
        }
    }
}
