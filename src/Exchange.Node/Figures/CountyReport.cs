using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>
/// The standard report of a county: what it counts, and in which order its figures stand. The words are
/// <see cref="CountyText"/>'s.
/// </summary>
internal static class CountyReport
{
    /// <summary>Card workers who began work in the period, of all card workers, by destination.</summary>
    public const int Transferred = 0;

    /// <summary>Of them those who were organised to the partner city.</summary>
    public const int Organised = 1;

    /// <summary>Training of card workers.</summary>
    public const int Trained = 2;

    /// <summary>For each of <see cref="Subsidies"/> how many were paid, and what.</summary>
    public const int Paid = 3;

    /// <summary>Card returnees, by what came of it.</summary>
    public const int Returned = 9;

    /// <summary>Person-times since a day; absent when none is asked for.</summary>
    public const int Since = 10;

    /// <summary>The subsidies that the report names, in its order.</summary>
    public static IReadOnlyList<SubsidyKind> Subsidies { get; } =
        [SubsidyKind.StableJob, SubsidyKind.Transport, SubsidyKind.Employment];

    /// <summary>The questions, in the order of the figures.</summary>
    public static IReadOnlyList<FigureQuestion> Questions(GetCountyReportRequest request)
    {
        var transferred = Of(request, Measure.Transferred, Counting.Persons, isCard: true);
        var organised = transferred.Clone();
        (organised.Organisation, var partner) = (Organisation.Organised, request.PartnerDivisionCode);
        if (partner.Length > 0)
        {
            organised.DestinationDivisionCodes.Add(partner);
        }

        var questions = new List<FigureQuestion>
        {
            new()
            {
                Scope = transferred,
                BaseScope = new FigureScope
                {
                    Measure = Measure.Labour,
                    Counting = Counting.Persons,
                    DivisionCode = request.DivisionCode,
                    Card = CardScope.Card,
                },
                Partition = Partition.Destination,
            },
            new() { Scope = organised, BaseScope = transferred.Clone() },
            new()
            {
                Scope = Of(request, Measure.Trained, Counting.PersonTimes, isCard: true),
                Partition = Partition.Outcome,
            },
        };
        foreach (var subsidy in Subsidies)
        {
            questions.Add(new FigureQuestion { Scope = Money(request, subsidy, Counting.PersonTimes) });
            questions.Add(new FigureQuestion
            {
                Scope = Money(request, subsidy, Counting.Fen),
                BaseScope = Money(request, subsidy, Counting.PersonTimes),
                Partition = Partition.Amount,
            });
        }

        questions.Add(new FigureQuestion
        {
            Scope = Of(request, Measure.Returned, Counting.Persons, isCard: true),
            Partition = Partition.Outcome,
        });
        if (request.SinceDate is not null)
        {
            var since = Of(request, Measure.Transferred, Counting.PersonTimes, isCard: true);
            (since.FromDate, since.ToDate) = (request.SinceDate, null);
            questions.Add(new FigureQuestion { Scope = since });
        }

        return questions;
    }

    /// <summary>What is wrong with a request.</summary>
    public static IEnumerable<FieldViolation> Check(GetCountyReportRequest request)
    {
        if (!Divisions.IsNormal(request.DivisionCode))
        {
            yield return new("division_code", PlaceRules.CodeForm);
        }

        if (DateRules.Day(request.FromDate) is not { } from)
        {
            yield return new("from_date", "Send the first day, as a whole date that exists.");
        }
        else if (!(DateRules.Day(request.ToDate) >= from))
        {
            yield return new("to_date", "Send the last day, as a whole date that exists and isn't before the first.");
        }

        if (request.SinceDate is not null && DateRules.Day(request.SinceDate) is null)
        {
            yield return new("since_date", "It is no date of the calendar. Leave it out for no such figure.");
        }

        if (!Enum.IsDefined(request.Language))
        {
            yield return new("language", "This version writes Chinese and English.");
        }
    }

    private static FigureScope Money(GetCountyReportRequest request, SubsidyKind subsidy, Counting counting)
    {
        var scope = Of(request, Measure.Paid, counting, isCard: false);
        scope.Subsidy = subsidy;
        return scope;
    }

    private static FigureScope Of(GetCountyReportRequest request, Measure measure, Counting counting, bool isCard) =>
        new()
        {
            Measure = measure,
            Counting = counting,
            DivisionCode = request.DivisionCode,
            FromDate = request.FromDate,
            ToDate = request.ToDate,
            Card = isCard ? CardScope.Card : CardScope.Unspecified,
        };
}
