using System.CommandLine;
using System.Globalization;
using Exchange.Cli.Agreements;
using Exchange.Cli.Output;
using Exchange.Node.JsonDoor;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange match</c></summary>
internal static class MatchCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("match", "Proposes who suits which post, and says why. A person decides; nothing is written.")
        {
            OfVacancy(environment),
            OfWorker(environment),
            Gap(environment),
        };

    private static Command OfVacancy(CommandEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "The vacancy's record id." };
        var area = Area("Only workers registered there. Default: everywhere.");
        var limit = Limit();
        var workers = new Option<string[]>("--worker")
        {
            Description = "Asks about this worker alone, and why not. May be given several times.",
            HelpName = "ID",
        };
        var command = new Command("vacancy", "The workers who suit a vacancy, the best first.")
        {
            id, area, limit, workers,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new MatchVacancyRequest
            {
                VacancyId = input.GetRequiredValue(id),
                DivisionCode = input.GetValue(area) ?? "",
                PageSize = input.GetValue(limit),
                WorkerIds = { input.GetValue(workers) ?? [] },
            };
            var found = await node.Matching.MatchVacancyAsync(request, cancellationToken: cancellationToken);
            Write(output, found, found.Matches
                .SelectMany(match => Lines($"{match.WorkerId} {match.Name}", match.Suited, match.Score, match.Reasons))
                .Append($"{found.SuitedCount} suit on {DayOption.Text(found.Day)}."));
        });
    }

    private static Command OfWorker(CommandEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "The worker's record id." };
        var area = Area("Only vacancies there. Default: everywhere.");
        var limit = Limit();
        var command = new Command("worker", "The vacancies that suit a worker, the best first.") { id, area, limit };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new MatchWorkerRequest
            {
                WorkerId = input.GetRequiredValue(id),
                DivisionCode = input.GetValue(area) ?? "",
                PageSize = input.GetValue(limit),
            };
            var found = await node.Matching.MatchWorkerAsync(request, cancellationToken: cancellationToken);
            Write(output, found, found.Matches
                .SelectMany(match => Lines($"{match.VacancyId} {match.Title}", true, match.Score, match.Reasons))
                .Concat(found.ReasonsAgainst.Select(Text))
                .Append($"{found.SuitedCount} suit on {DayOption.Text(found.Day)}."));
        });
    }

    private static Command Gap(CommandEnvironment environment)
    {
        var area = Area("Only workers registered there. Default: everywhere.");
        var work = new Option<string?>("--work-area")
        {
            Description = "Only vacancies there. Default: everywhere.",
            HelpName = "CODE",
        };
        var command = new Command("gap", "What workers want and expect against what is offered, by trade.")
        {
            area, work,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new CompareLabourRequest
            {
                DivisionCode = input.GetValue(area) ?? "",
                WorkDivisionCode = input.GetValue(work) ?? "",
            };
            var found = await node.Matching.CompareLabourAsync(request, cancellationToken: cancellationToken);
            Write(output, found, found.Trades.Append(found.Total).Select(Line));
        });
    }

    private static string Line(TradeGap row)
    {
        var trade = row.Trade is null ? "all" : $"{row.Trade.Words} {row.Trade.Code}".Trim();
        return $"{trade}: {row.WantingCount} want it, {row.SkilledCount} can; {row.VacancyCount} vacancies, "
            + $"{row.OpenCount} posts; expect {Yuan(row.ExpectedFen)}, offered {Yuan(row.OfferedFen)} a month";
    }

    private static string Yuan(long fen)
    {
        const decimal fenOfYuan = 100;
        return fen == 0 ? "-" : (fen / fenOfYuan).ToString("0.##", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Lines(string name, bool suited, int score, IEnumerable<MatchReason> reasons) =>
        reasons.Select(reason => $"    {Text(reason)}").Prepend($"{name}: {(suited ? score : "not suited")}");

    private static string Text(MatchReason reason)
    {
        var effect = reason.Effect switch { MatchEffect.For => "+", MatchEffect.Against => "-", _ => "x" };
        return $"{effect} {reason.WordsZh} ({reason.WordsEn})";
    }

    private static Option<string?> Area(string description) =>
        new("--area") { Description = description, HelpName = "CODE" };

    private static Option<int> Limit() => new("--limit")
    {
        Description = "The most proposals. Default: 20.",
        HelpName = "COUNT",
        DefaultValueFactory = _ => 20,
    };

    private static void Write(CommandOutput output, IMessage result, IEnumerable<string> lines)
    {
        foreach (var line in output.IsJson ? [ContractJson.Line(result)] : lines)
        {
            output.Results.WriteLine(line);
        }
    }
}
