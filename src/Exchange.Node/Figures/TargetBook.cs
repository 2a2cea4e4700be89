using System.Globalization;
using System.Runtime.CompilerServices;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>Reads targets and adds those below up.</summary>
internal sealed class TargetBook(IRecordStore store, RecordCodec codec)
{
    private const int PageSize = 1000;

    /// <summary>The targets of a division and below; all of them for none.</summary>
    public async IAsyncEnumerable<(string Id, Target Target)> ReadAsync(
        string division, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new RecordQuery(TargetKind.KindName)
        {
            Index = IndexNames.Division,
            Value = division,
            IsPrefix = true,
            Limit = PageSize,
        };
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            if (codec.TryDecode(stored)?.Payload is { } payload)
            {
                yield return (stored.Key.Id.ToString(), payload.Unpack<Target>());
            }
        }
    }

    /// <summary>What the targets below one come to.</summary>
    public async Task<CheckTargetsResponse> SumAsync(string id, CancellationToken cancellationToken)
    {
        var key = new RecordKey(TargetKind.KindName, Guid.Parse(id));
        var stored = await store.GetAsync(key, cancellationToken);
        return stored is { IsTombstone: false } && codec.Decode(stored).Payload is { } payload
            ? await SumAsync(id, payload.Unpack<Target>(), cancellationToken)
            : new CheckTargetsResponse { TargetId = id, Sum = TargetSum.None };
    }

    /// <summary>What the targets below one come to.</summary>
    public async Task<CheckTargetsResponse> SumAsync(string id, Target target, CancellationToken cancellationToken)
    {
        var response = new CheckTargetsResponse { TargetId = id };
        var query = new RecordQuery(TargetKind.KindName) { Index = TargetKind.KindName, Value = id, Limit = PageSize };
        var sum = Int128.Zero;
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            if (codec.TryDecode(stored)?.Payload?.Unpack<Target>() is not { } child)
            {
                continue;
            }

            response.ChildCount++;
            if (Differs(target, child) is { } what)
            {
                response.Findings.Add($"The target of {PlaceRules.Code(child.Place)} isn't a part of it: {what}.");
            }
            else
            {
                sum += child.Number;
            }
        }

        response.ChildSum = (long)Int128.Min(sum, long.MaxValue);
        response.Sum = (response.ChildCount, response.ChildSum.CompareTo(target.Number)) switch
        {
            (0, _) => TargetSum.None,
            (_, 0) => TargetSum.Equal,
            (_, < 0) => TargetSum.Less,
            _ => TargetSum.More,
        };
        if (response.Sum is TargetSum.Less or TargetSum.More)
        {
            response.Findings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The {response.ChildCount} targets below add up to {response.ChildSum}, and it is {target.Number}: "
                + $"{Int128.Abs((Int128)target.Number - response.ChildSum)} "
                + $"{(response.Sum == TargetSum.Less ? "are nobody's" : "are too many")}."));
        }

        return response;
    }

    private static string? Differs(Target target, Target child) => child switch
    {
        _ when child.Measure != target.Measure => "it counts something else",
        _ when child.Counting != target.Counting => "it counts in another way",
        _ when child.Card != target.Card => "it is of other persons",
        _ when !Equals(child.FromDate, target.FromDate) || !Equals(child.ToDate, target.ToDate) =>
            "it is of another period",
        _ when !PlaceRules.Code(child.Place).StartsWith(PlaceRules.Code(target.Place), StringComparison.Ordinal) =>
            "it is of a division elsewhere",
        _ => null,
    };
}
