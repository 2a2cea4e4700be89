using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Money;

/// <summary>Subsidies, over gRPC.</summary>
internal sealed class SubsidyService(
    EligibilityReader reader,
    PaymentChecks checks,
    PlacementReader placements,
    RecordReach records,
    TimeProvider time)
    : V1.SubsidyService.SubsidyServiceBase
{
    public override async Task<ExplainEligibilityResponse> ExplainEligibility(
        ExplainEligibilityRequest request, ServerCallContext context)
    {
        if (request.Date is not null && DateRules.Day(request.Date) is null)
        {
            throw ExchangeException.Invalid("date", "It is no date of the calendar. Leave it out for today.");
        }

        var policy = RecordResolver.ParseId("subsidy_policy_id", request.SubsidyPolicyId);
        var placement = RecordResolver.ParseId("placement_id", request.PlacementId).ToString();
        await RequirePlacementAsync(Caller.Of(context).Reach, placement, context.CancellationToken);
        var facts = await reader.ReadAsync(
            policy,
            placement,
            DateRules.Day(request.Date) ?? NodeIdentity.Today(time),
            context.CancellationToken);
        return Eligibility.Explain(facts);
    }

    public override async Task CheckPayments(
        CheckPaymentsRequest request,
        IServerStreamWriter<CheckPaymentsResponse> responseStream,
        ServerCallContext context)
    {
        if (request.ForYear < 0)
        {
            throw ExchangeException.Invalid("for_year", "It is negative. Send 0 for all years.");
        }

        // A payment is a double one of another that the caller might not reach.
        Caller.Of(context).Reach.RequireWhole("payment");
        await foreach (var finding in checks.FindAsync(request.ForYear, context.CancellationToken))
        {
            await responseStream.WriteAsync(finding, context.CancellationToken);
        }
    }

    private async Task RequirePlacementAsync(Reach reach, string id, CancellationToken cancellationToken)
    {
        if (!reach.IsWhole
            && (await placements.FindAsync(id, cancellationToken) is not { } placement
                || !await records.ReadsPlacementAsync(reach, placement, cancellationToken)))
        {
            throw Reach.Outside("placement", "placement_id");
        }
    }
}
