using Exchange.Node.Figures;
using Exchange.V1;
using static Exchange.Node.Matching.MatchReasons;
using static Exchange.V1.MatchReasonType;

namespace Exchange.Node.Matching;

/// <summary>Holds workers against posts on a day, as sets of reasons.</summary>
internal sealed class MatchRules(FigureTables tables, DateOnly day)
{
    private const int WorkingAge = 16;

    // No notice may ask for more than 120 years, and one more is asked about.
    private const int Ages = 122;

    private readonly CardStatus[] _statuses = tables.Cards.On(day.DayNumber);

    // The last day of birth of whoever has an age: found once, and not for every worker.
    private readonly int[] _lastBirths = [.. Enumerable.Range(0, Ages).Select(age => LastBirth(day, age))];

    /// <summary>What speaks for a worker and a post, and against them.</summary>
    public ulong Hold(in WorkerRow worker, PostTerms post) =>
        OfWorker(worker)
        | OfTrades(tables.Profiles[worker.Profile], post)
        | OfPlaceAndPay(tables.Profiles[worker.Profile], post)
        | OfPost(worker, post);

    /// <summary>What excludes a worker from every post, and what the worker has and wants whatever the post.</summary>
    public ulong OfWorker(in WorkerRow worker)
    {
        var reasons = worker.BirthDay == Days.None ? Bit(AgeUnknown)
            : worker.BirthDay > _lastBirths[WorkingAge] ? Bit(Under16)
            : 0;
        reasons |= worker.Status switch
        {
            EmploymentStatus.InSchool => Bit(InSchool),
            EmploymentStatus.Transferred or EmploymentStatus.SelfEmployed => Bit(HasWork),
            _ => 0,
        };
        reasons |= worker.Open > 0 ? Bit(InPlacement) : 0;
        reasons |= worker.Trained > 0 ? Bit(Trained) : 0;
        return reasons | tables.Profiles[worker.Profile].Wish switch
        {
            WillingnessKind.Transfer => Bit(WantsToLeave),
            WillingnessKind.StartUp => Bit(WantsStartUp),
            WillingnessKind.None => Bit(WantsNone),
            _ => Bit(NotAsked),
        };
    }

    /// <summary>What the worker's trades say of a post.</summary>
    public ulong OfTrades(MatchProfile profile, PostTerms post)
    {
        var reasons = 0UL;
        if (profile.Wanted.Length > 0)
        {
            reasons |= IsAmong(profile.Wanted, post) ? Bit(TradeWanted)
                : Array.Exists(profile.Wanted, trade => tables.Trades.IsNear(trade, post.Trade)) ? Bit(TradeNear)
                : Bit(TradeOther);
        }

        var hasDone = IsAmong(profile.Done, post);
        reasons |= IsAmong(profile.Skills, post) ? Bit(Skilled) : 0;
        reasons |= hasDone ? Bit(Experienced) : 0;
        return post.AsksForExperience && !hasDone ? reasons | Bit(Inexperienced) : reasons;
    }

    /// <summary>What the worker's other wishes say of a post.</summary>
    public ulong OfPlaceAndPay(MatchProfile profile, PostTerms post)
    {
        var reasons = 0UL;
        if (profile.Places.Length > 0 && post.Place != CodeTable.None)
        {
            var at = tables.Codes[post.Place];
            reasons |= Array.Exists(profile.Places, one => at.StartsWith(tables.Codes[one], StringComparison.Ordinal))
                ? Bit(PlaceWanted)
                : Array.Exists(profile.Places, one => tables.Codes[one].StartsWith(at, StringComparison.Ordinal))
                    ? 0
                    : Bit(PlaceOther);
        }

        return profile.Pay.IsLike(post.Pay)
            ? reasons | Bit(post.Pay.Minor >= profile.Pay.Minor ? PayEnough : PayBelow)
            : reasons;
    }

    /// <summary>What the post asks of the worker's age and schooling, and for whom it is reserved.</summary>
    public ulong OfPost(in WorkerRow worker, PostTerms post)
    {
        var reasons = 0UL;
        if (post.MinSchooling > SchoolingBand.None)
        {
            reasons |= worker.Schooling == default ? Bit(SchoolingUnknown)
                : worker.Schooling >= post.MinSchooling ? Bit(SchoolingEnough)
                : Bit(SchoolingBelow);
        }

        if (worker.BirthDay != Days.None && (post.MinAge > 0 || post.MaxAge > 0))
        {
            reasons |= post.MinAge > 0 && worker.BirthDay > LastBirthOf(post.MinAge) ? Bit(AgeBelow)
                : post.MaxAge > 0 && worker.BirthDay <= LastBirthOf(post.MaxAge + 1L) ? Bit(AgeAbove)
                : Bit(AgeFits);
        }

        var reserved = Reserved(worker, post);
        return post.AllReserved && reserved == 0 ? reasons | Bit(ReservedForOthers) : reasons | reserved;
    }

    // Asked for only where posts are reserved: it counts for nothing anywhere else.
    private ulong Reserved(in WorkerRow worker, PostTerms post)
    {
        var reasons = 0UL;
        if (post.ForDisabled && tables.Profiles[worker.Profile].AsksForReserved)
        {
            reasons |= Bit(ReservedDisabled);
        }

        if (post.ForCardHolders && CardHistories.Fits(CardScope.Card, tables.StatusOf(worker, _statuses)))
        {
            reasons |= Bit(ReservedCardHolder);
        }

        return post.ForRelocated && worker.Household >= 0 && tables.Households[worker.Household].Relocated
            ? reasons | Bit(ReservedRelocated)
            : reasons;
    }

    private bool IsAmong(int[] trades, PostTerms post) =>
        Array.Exists(trades, trade => tables.Trades.IsSame(trade, post.Trade, post.Title));

    // What a partner's node lets through may ask for anything.
    private int LastBirthOf(long age) => _lastBirths[Math.Clamp(age, 0, Ages - 1)];

    // Whoever was born on it or before has that age on the day. Somebody born on a 29 February is a year older from
    // 1 March on where the year has none: there is no such day between.
    private static int LastBirth(DateOnly day, int age) =>
        day.Year > age ? day.AddYears(-age).DayNumber : DateOnly.MinValue.DayNumber;
}
