using Exchange.Node.Imports.Values;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Imports.Mapping;

/// <summary>
/// Turns the readings of a profile file into ones that run, and notes everything that is wrong with them.
/// </summary>
/// <param name="columns">Gathers the columns that are named.</param>
/// <param name="conditions">Compiles the conditions of parts.</param>
/// <param name="report">Takes a sentence for each mistake.</param>
internal sealed class ReadingCompiler(ProfileColumns columns, ConditionCompiler conditions, Action<string> report)
{
    /// <summary>The kinds of reading, as profiles name them.</summary>
    public static readonly IReadOnlyList<string> Kinds =
        ["text", "code", "integer", "decimal", "money", "date", "time", "list", "yes_no", "place", "join",
        "id_number", "id_sex", "id_birth_date"];

    private static readonly Dictionary<string, DateForms> DateFormNames = new()
    {
        ["day"] = DateForms.Day,
        ["month"] = DateForms.Month,
        ["year"] = DateForms.Year,
        ["excel"] = DateForms.Excel,
    };

    private static readonly Dictionary<string, TimeForms> TimeFormNames = new()
    {
        ["12"] = TimeForms.TwelveHours,
        ["24"] = TimeForms.TwentyFourHours,
        ["excel"] = TimeForms.Excel,
    };

    /// <summary>Compiles one reading for a target; null when something is wrong with it.</summary>
    public Reading? Compile(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        UnknownMembers.Report(spec.Unknown, $"'{target.Path}'", report);
        if (spec.Constant is { } words)
        {
            return Constant(spec, words, target, when);
        }

        return spec.Read switch
        {
            "text" => Cell(spec, target, when, target.IsText, Parsed.Of),
            "code" => Cell(spec, target, when, target.IsText, text => Parsed.Of(CellText.Code(text))),
            "integer" => Cell(spec, target, when, target.IsWhole, text => Fit(NumberText.Integer(text), target)),
            "decimal" => Decimal(spec, target, when),
            "money" => Money(spec, target, when),
            "date" => Date(spec, target, when),
            "time" => Time(spec, target, when),
            "list" => List(spec, target, when),
            "yes_no" => YesNo(spec, target, when),
            "place" => Place(spec, target, when),
            "join" => Join(spec, target, when),
            "id_number" => Cell(spec, target, when, target.IsText, IdText.Number),
            "id_sex" => Cell(spec, target, when, target.IsEnumOf<Sex>(), IdText.Sex),
            "id_birth_date" => Cell(spec, target, when, target.IsDate, IdText.BirthDate),
            null => Wrong(target, $"needs 'constant' or 'read', one of {string.Join(", ", Kinds)}"),
            _ => Wrong(target, $"can't be read as '{spec.Read}'; known are {string.Join(", ", Kinds)}"),
        };
    }

    private static Parsed Fit(Parsed parsed, FieldTarget target) => parsed.Value is long number
        ? target.Fit(number) is { } value ? Parsed.Of(value) : Parsed.Unreadable("It is too large for the field.")
        : parsed;

    private ConstantReading? Constant(
        ReadingSpec spec, string words, FieldTarget target, IReadOnlyList<Condition> when)
    {
        if (spec.Read is not null || spec.Column is not null || spec.Columns.Count > 0)
        {
            report($"'{target.Path}' has a constant and must not name columns as well.");
        }

        if (target.ValueOf(words) is { } value)
        {
            return new ConstantReading(value) { When = when };
        }

        report($"'{target.Path}' can't be '{words}'{Expected(target)}.");
        return null;
    }

    private CellReading? Cell(
        ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when, bool fits, Func<string, Parsed> parse)
    {
        if (!fits)
        {
            report($"'{target.Path}' can't take what is read as '{spec.Read}'.");
        }

        if (spec.Column is not { Length: > 0 } name)
        {
            report($"'{target.Path}' names no column.");
            return null;
        }

        return fits ? new CellReading(columns.Use(name), parse) { When = when } : null;
    }

    private CellReading? Decimal(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        var scale = spec.Scale ?? -1;
        if (scale is < 0 or > 9)
        {
            report($"'{target.Path}' is a decimal and needs 'scale', 0 to 9: the decimals that the field counts in.");
        }

        return Cell(spec, target, when, target.IsWhole, text => Fit(NumberText.Decimal(text, scale), target));
    }

    private Reading? Money(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        if (spec.CurrencyColumn is { Length: > 0 } column && spec.Currency is null)
        {
            return Cell(spec, target, when, target.IsWhole, Parsed.Of) is { } cell
                ? new MoneyReading(cell.Columns[0], columns.Use(column), n => Fit(Parsed.Of(n), target)) { When = when }
                : null;
        }

        var currency = spec.Currency ?? string.Empty;
        if (Currencies.Decimals(currency) is null)
        {
            var known = string.Join(", ", Currencies.All);
            report($"'{target.Path}' is money and needs either 'currency', one of {known}, or 'currency_column'.");
        }

        return Cell(spec, target, when, target.IsWhole, text => Fit(NumberText.Money(text, currency), target));
    }

    private CellReading? Date(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        var names = Forms(spec, target, DateFormNames);
        var forms = names.Count == 0 ? DateForms.Day : names.Aggregate((all, form) => all | form);
        return Cell(spec, target, when, target.IsDate, text => DateText.Read(text, forms));
    }

    private CellReading? Time(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        var names = Forms(spec, target, TimeFormNames);
        var forms = names.Count == 0 ? TimeForms.TwentyFourHours : names.Aggregate((all, form) => all | form);
        return Cell(spec, target, when, target.IsText, text => TimeText.Read(text, forms));
    }

    private List<T> Forms<T>(ReadingSpec spec, FieldTarget target, Dictionary<string, T> known)
    {
        foreach (var form in spec.Forms.Where(form => !known.ContainsKey(form)))
        {
            report($"'{target.Path}' has no form '{form}'; known are {string.Join(", ", known.Keys)}.");
        }

        return [.. spec.Forms.Where(known.ContainsKey).Select(form => known[form])];
    }

    private CellReading? List(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        if (spec.Values.Count == 0)
        {
            report($"'{target.Path}' is a list and needs 'values'.");
        }

        foreach (var twice in spec.Values.Keys
            .GroupBy(WordList.Normal, StringComparer.OrdinalIgnoreCase).Where(words => words.Count() > 1))
        {
            report($"'{target.Path}' has the word '{twice.Key}' more than once.");
        }

        var meanings = new List<KeyValuePair<string, object?>>();
        foreach (var (word, meaning) in spec.Values)
        {
            var value = meaning is null ? null : target.ValueOf(meaning);
            if (meaning is not null && value is null)
            {
                report($"'{target.Path}' can't be '{meaning}' for the word '{word}'{Expected(target)}.");
            }

            meanings.Add(new(word, value));
        }

        var list = new WordList(meanings);
        return Cell(spec, target, when, true, list.Read);
    }

    private CellReading? YesNo(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        Func<object?>? yes = target switch
        {
            { IsFlag: true } => () => true,
            { IsMessage: true } => () => target.Field.MessageType.Parser.ParseFrom(ByteString.Empty),
            _ => null,
        };
        var list = YesNoText.Of(spec.Yes, spec.No);
        return Cell(spec, target, when, yes is not null, text => list.Read(text) switch
        {
            { Value: true } => new Parsed(yes?.Invoke(), null),
            { Value: false } => Parsed.Nothing,
            var other => other,
        });
    }

    private PlaceReading? Place(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        if (!target.IsPlace)
        {
            report($"'{target.Path}' can't take what is read as 'place'.");
            return null;
        }

        var words = spec.Column is { } single ? [single] : spec.Columns;
        if (words.Count == 0 && spec.CodeColumn is null)
        {
            report($"'{target.Path}' is a place and needs 'columns' for its words, or 'code_column'.");
            return null;
        }

        return new PlaceReading(
            [.. words.Select(columns.Use)],
            spec.Separator ?? string.Empty,
            spec.CodeColumn is { } code ? columns.Use(code) : null)
        {
            When = when,
        };
    }

    private JoinReading? Join(ReadingSpec spec, FieldTarget target, IReadOnlyList<Condition> when)
    {
        if (!target.IsText)
        {
            report($"'{target.Path}' can't take what is read as 'join'.");
        }

        if (spec.Parts.Count == 0)
        {
            report($"'{target.Path}' is a join and needs 'parts'.");
            return null;
        }

        var parts = new List<(string Prefix, Reading Reading)>();
        foreach (var part in spec.Parts)
        {
            var read = part.Read is null && part.Constant is null ? part with { Read = "text" } : part;
            if (Compile(read, target, conditions.Compile(part.When, target.Path)) is { } reading)
            {
                parts.Add((part.Prefix ?? string.Empty, reading));
            }
        }

        return target.IsText ? new JoinReading(parts, spec.Separator ?? string.Empty) { When = when } : null;
    }

    private Reading? Wrong(FieldTarget target, string problem)
    {
        report($"'{target.Path}' {problem}.");
        return null;
    }

    private static string Expected(FieldTarget target) => target switch
    {
        { IsEnum: true } =>
            $"; expected one of {string.Join(", ", target.Field.EnumType.Values.Skip(1).Select(value => value.Name))}",
        { IsText: true } or { IsWhole: true } or { IsFlag: true } => $"; it is a {target.Field.FieldType}",
        _ => "; it is a message: name one of its fields",
    };
}
