using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Figures;

/// <summary>Signs reports off, and holds those that are here against what is counted here.</summary>
internal sealed class ReportSigning(
    FigureDesk desk,
    FigurePlanner planner,
    PublishedReports reports,
    Completeness completeness,
    RecordWriter writer,
    NodeIdentity identity,
    NodeKeys keys,
    TimeProvider time)
{
    private const int MostFigures = 50;

    /// <summary>Counts, signs and stores.</summary>
    public async Task<(string Id, PublishedReportStatement Statement)> PublishAsync(
        PublishReportRequest request, CallReach reach, CancellationToken cancellationToken)
    {
        if (Check(request).ToList() is { Count: > 0 } wrong)
        {
            throw ExchangeException.Invalid(wrong);
        }

        await RequireOwnAsync(request.CorrectedReportId, cancellationToken);
        var asOf = planner.AsOf(request.AsOfDate);
        var statement = new PublishedReportStatement
        {
            StatementId = Guid.CreateVersion7(time.GetUtcNow()).ToString(),
            Place = request.Place,
            Title = request.Title,
            AsOfDate = DateRules.ToDate(asOf),
            Completeness = { await completeness.ReadAsync(cancellationToken) },
            SignedOffBy = request.SignedOffBy,
            SignedOffDate = DateRules.ToDate(NodeIdentity.Today(time)),
            CorrectedReportId = request.CorrectedReportId,
            CorrectionWords = request.CorrectionWords,
            ComputedTime = time.GetUtcNow().ToTimestamp(),
        };
        if (request.Questions.Count > 0)
        {
            statement.Figures.AddRange(
                await desk.AnswerAsync(request.Questions, asOf, reach.Reach, cancellationToken));
        }

        statement.Figures.AddRange(request.StatedFigures.Select(Stated));
        return (await SignAsync(statement, reach, cancellationToken), statement);
    }

    /// <summary>A report, checked and counted anew.</summary>
    public async Task<GetPublishedReportResponse> ReadAsync(
        string id, Reach reach, CancellationToken cancellationToken)
    {
        var held = await reports.FindAsync(id, cancellationToken)
            ?? throw ExchangeException.NotFound(PublishedReportKind.KindName, id);
        var response = new GetPublishedReportResponse
        {
            Statement = held.Statement,
            HomeNode = held.HomeNode,
            SignatureGood = held.IsGood,
            CorrectingReportIds = { await reports.CorrectionsAsync(id, cancellationToken) },
        };
        if (held.Statement is not { } statement)
        {
            return response;
        }

        var asOf = DateRules.Day(statement.AsOfDate) ?? NodeIdentity.Today(time);
        foreach (var figure in statement.Figures)
        {
            response.Recomputed.Add(await RecomputeAsync(figure, held, asOf, reach, cancellationToken));
        }

        if (statement.CorrectedReportId.Length > 0
            && await reports.FindAsync(statement.CorrectedReportId, cancellationToken) is { Statement: { } before })
        {
            response.Changes.AddRange(Changes(before, statement));
        }

        return response;
    }

    private async Task<string> SignAsync(
        PublishedReportStatement statement, CallReach reach, CancellationToken cancellationToken)
    {
        var bytes = statement.ToByteString();
        var report = new PublishedReport
        {
            Place = statement.Place,
            Title = statement.Title,
            AsOfDate = statement.AsOfDate,
            PublishedReportId = statement.CorrectedReportId,
            Statement = bytes,
            Signature = new NodeReceiptSigner(identity, keys, []).Sign(bytes.Span),
        };
        var item = new PutRecordItem
        {
            Number = 1,
            Record = new Record { Kind = PublishedReportKind.KindName, Payload = Any.Pack(report) },
        };
        return (await writer.WriteAsync(item, scope: null, reach, cancellationToken)).Id;
    }

    private async Task<RecomputedFigure> RecomputeAsync(
        Figure figure, HeldReport held, DateOnly asOf, Reach reach, CancellationToken cancellationToken)
    {
        if (figure.Origin == FigureOrigin.Stated)
        {
            return Unknown("It was stated by whoever published it, and isn't counted.");
        }

        var question = new FigureQuestion { Scope = figure.Scope, FromReports = figure.Origin == FigureOrigin.Reports };
        Figure counted;
        try
        {
            counted = (await desk.AnswerAsync([question], asOf, reach, cancellationToken))[0];
        }
        catch (ExchangeException exception)
        {
            return Unknown($"It can't be counted here: {exception.Message}");
        }

        var recomputed = new RecomputedFigure { Value = counted.Value };
        (recomputed.Verdict, var reason) = (counted.Value.CompareTo(figure.Value), held.HomeNode == identity.Id) switch
        {
            (0, _) => (ReconcileVerdict.Ok, "Counted here it is the same."),
            (_, true) => (
                ReconcileVerdict.Conflict, "Records that were written, changed or removed since it was signed count."),
            ( < 0, _) => (
                ReconcileVerdict.ScopeDiffers, "This node holds a part of the records only: what was shared with it."),
            _ => (ReconcileVerdict.Conflict, "This node holds more of it than its home has counted."),
        };
        recomputed.Reasons.Add(reason);
        return recomputed;
    }

    private static RecomputedFigure Unknown(string reason) =>
        new() { Verdict = ReconcileVerdict.Unknown, Reasons = { reason } };

    private static IEnumerable<string> Changes(PublishedReportStatement before, PublishedReportStatement after)
    {
        yield return $"Why: {after.CorrectionWords}";
        foreach (var figure in after.Figures)
        {
            var earlier = before.Figures.FirstOrDefault(one => Equals(one.Scope, figure.Scope));
            if (earlier is not null && earlier.Value != figure.Value)
            {
                yield return $"{figure.Scope?.Measure} {figure.Scope?.Counting}: "
                    + $"{earlier.Value} became {figure.Value}.";
            }
        }
    }

    private static Figure Stated(Figure given)
    {
        var figure = given.Clone();
        figure.Origin = FigureOrigin.Stated;
        Rates.Fill(figure);
        return figure;
    }

    private static IEnumerable<FieldViolation> Check(PublishReportRequest request)
    {
        if (PlaceRules.Code(request.Place).Length == 0)
        {
            yield return new("place.division_code", "It is empty. A report is of a division; send its code.");
        }

        if (TextRules.IsBlank(request.Title))
        {
            yield return new("title", "It is empty. State it.");
        }

        if (TextRules.IsBlank(request.SignedOffBy))
        {
            yield return new("signed_off_by", "It is empty. Say which office signs it off.");
        }

        if (request.Questions.Count + request.StatedFigures.Count is 0 or > MostFigures)
        {
            yield return new("questions", $"A report has 1 to {MostFigures} figures.");
        }

        if ((request.CorrectedReportId.Length > 0) == TextRules.IsBlank(request.CorrectionWords))
        {
            yield return new("correction_words", "A correction says why, and only a correction does.");
        }

        foreach (var violation in request.Place is null ? [] : PlaceRules.Check(request.Place, "place."))
        {
            yield return violation;
        }
    }

    private async Task RequireOwnAsync(string corrected, CancellationToken cancellationToken)
    {
        if (corrected.Length > 0
            && (await reports.FindAsync(corrected, cancellationToken))?.HomeNode != identity.Id)
        {
            throw ExchangeException.NotFound(PublishedReportKind.KindName, corrected);
        }
    }
}
