using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Cooperation;

/// <summary>Divisions, over gRPC.</summary>
internal sealed class DivisionService(DivisionTree tree) : V1.DivisionService.DivisionServiceBase
{
    private const int MostWords = 100;

    public override async Task<FindDivisionResponse> FindDivision(
        FindDivisionRequest request, ServerCallContext context)
    {
        var code = request.Words.Length > 0 ? CodeOfWords(request) : Code(request.Code);
        var divisions = await tree.FindAsync(code, context.CancellationToken);
        if (divisions.Count == 0)
        {
            throw ExchangeException.NotFound(DivisionKind.KindName, code);
        }

        return new FindDivisionResponse
        {
            Divisions = { divisions },
            FullName = await tree.FullNameAsync(code, context.CancellationToken),
            Current = { await tree.CurrentAsync(code, context.CancellationToken) },
        };
    }

    public override async Task<ListChildDivisionsResponse> ListChildDivisions(
        ListChildDivisionsRequest request, ServerCallContext context)
    {
        var code = request.Code.Length == 0 ? "" : Code(request.Code);
        if (request.Date is not null && DateRules.Day(request.Date) is null)
        {
            throw ExchangeException.Invalid("date", "It is no date of the calendar. Leave it out for today.");
        }

        var below = await tree.ChildrenAsync(code, DateRules.Day(request.Date), context.CancellationToken);
        return new ListChildDivisionsResponse { Divisions = { below } };
    }

    // What was typed may be a whole address: it isn't told back, and so stands in no log.
    private static string CodeOfWords(FindDivisionRequest request) => request.Code.Length > 0
        ? throw ExchangeException.Invalid("words", "Send either the code or the words.")
        : request.Words.Length > MostWords
            ? throw ExchangeException.Invalid("words", $"They can have at most {MostWords} characters.")
        : PlaceNames.LikelyCodeOf(request.Words) is { Length: > 0 } code
            ? code
            : throw new ExchangeException(
                StatusCode.NotFound,
                ErrorReason.RecordNotFound,
                "No division is known by these words.",
                ("kind", DivisionKind.KindName));

    private static string Code(string text) =>
        Divisions.TryNormalise(text, out var code)
            ? code
            : throw ExchangeException.Invalid("code", "It must have 2, 4, 6, 9 or 12 digits, such as 530627.");
}
