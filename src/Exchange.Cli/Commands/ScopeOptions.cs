using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Output;
using Exchange.V1;
using Date = Google.Type.Date;

namespace Exchange.Cli.Commands;

/// <summary>The options that say what a figure is of.</summary>
internal sealed class ScopeOptions
{
    /// <summary>How a period is written.</summary>
    public const string PeriodForm = "2018, or 2018-01-01..2018-06-30";

    private readonly Option<Measure?> _measure = EnumOption.One<Measure>("--measure", "What to count.");

    private readonly Option<Counting?> _counting =
        EnumOption.One<Counting>("--counting", "How to count it. Default: persons.");

    private readonly Option<string?> _area =
        new("--area") { Description = "The division. Default: everywhere.", HelpName = "CODE" };

    private readonly Option<string?> _period =
        new("--period") { Description = $"{PeriodForm}. Default: any.", HelpName = "PERIOD" };

    private readonly Option<CardScope?> _card =
        EnumOption.One<CardScope>("--card", "Of which persons. Default: everybody.");

    private readonly Option<Partition?> _partition =
        EnumOption.One<Partition>("--by", "How to divide it. Default: not at all.");

    private readonly Option<Measure?> _base = EnumOption.One<Measure>(
        "--against", "Holds it against so many persons of the same scope, such as labour. Default: against nothing.");

    private readonly Option<string?> _asOf = DayOption.New("--as-of", "The day of the report. Default: today.");

    public ScopeOptions() => _measure.Required = true;

    /// <summary>Gives the options to a command.</summary>
    public Command AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _measure, _counting, _area, _period, _card, _partition, _base, _asOf,
        })
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>The question that they ask.</summary>
    public FigureQuestion Question(ParseResult input)
    {
        var scope = new FigureScope
        {
            Measure = input.GetRequiredValue(_measure)!.Value,
            Counting = input.GetValue(_counting) ?? Counting.Persons,
            DivisionCode = input.GetValue(_area) ?? "",
            Card = input.GetValue(_card) ?? default,
        };
        if (input.GetValue(_period) is { } text)
        {
            (scope.FromDate, scope.ToDate) = ReadPeriod(text);
        }

        var question = new FigureQuestion { Scope = scope, Partition = input.GetValue(_partition) ?? default };
        if (input.GetValue(_base) is { } measure)
        {
            question.BaseScope = scope.Clone();
            (question.BaseScope.Measure, question.BaseScope.Counting) = (measure, Counting.Persons);
        }

        return question;
    }

    /// <summary>The day of the report; null for today.</summary>
    public Date? AsOf(ParseResult input) => DayOption.Read(input, _asOf);

    /// <summary>The first and the last day of a period.</summary>
    public static (Date From, Date To) ReadPeriod(string text)
    {
        var parts = text.Split("..");
        if (parts.Length == 1 && text.Length == 4 && text.All(char.IsAsciiDigit))
        {
            parts = [$"{text}-01-01", $"{text}-12-31"];
        }

        return parts.Length == 2
            ? (DayOption.Parse(parts[0], "--period"), DayOption.Parse(parts[1], "--period"))
            : throw new CommandException(
                ExitCode.Usage, $"--period: '{text}' is no period; write it as {PeriodForm}.");
    }
}
