using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Subjects;

/// <summary>Persons' rights, over gRPC.</summary>
internal sealed class SubjectService(
    SubjectAccess access,
    SubjectCorrection correction,
    SubjectErasure erasure,
    SubjectRestriction restriction,
    Erasures erasures,
    RecordReach reaches,
    UnmaskPurposes purposes,
    TimeProvider time)
    : V1.SubjectService.SubjectServiceBase
{
    private const int DefaultDeadlineDays = 15;
    private const int MaxDeadlineDays = 365;
    private const int MaxReasonLength = 200;

    public override async Task ShowSubject(
        ShowSubjectRequest request,
        IServerStreamWriter<ShowSubjectResponse> responseStream,
        ServerCallContext context)
    {
        await purposes.RequireAsync(request.Purpose, context, "purpose");
        var subject = await ReachedAsync(request.SubjectId, context);
        var parts = access.ShowAsync(
            subject, request.Purpose, reaches.Of(context), context.CancellationToken);
        await foreach (var part in parts)
        {
            await responseStream.WriteAsync(part, context.CancellationToken);
        }
    }

    public override async Task<CorrectSubjectResponse> CorrectSubject(
        CorrectSubjectRequest request, ServerCallContext context)
    {
        await purposes.RequireAsync(request.Purpose, context, "purpose");
        var subject = await ReachedAsync(request.SubjectId, context);
        return await correction.CorrectAsync(subject, request, reaches.Of(context), context.CancellationToken);
    }

    public override async Task<EraseSubjectResponse> EraseSubject(
        EraseSubjectRequest request, ServerCallContext context)
    {
        var subject = await ReachedAsync(request.SubjectId, context);
        if (request.Reason.Trim().Length is 0 or > MaxReasonLength)
        {
            throw ExchangeException.Invalid("reason", $"Say why, in 1 to {MaxReasonLength} characters.");
        }

        if (PersonalNumbers.StandIn(request.Reason))
        {
            throw ExchangeException.Invalid(
                "reason", "It holds a long number. It is kept for good: name no person in it, only the reason.");
        }

        if (request.DeadlineDays is < 0 or > MaxDeadlineDays)
        {
            throw ExchangeException.Invalid(
                "deadline_days", $"It must be 1 to {MaxDeadlineDays}; 0 means {DefaultDeadlineDays}.");
        }

        var days = request.DeadlineDays == 0 ? DefaultDeadlineDays : request.DeadlineDays;
        var rest = await erasure.EraseAsync(
            subject,
            request.Reason.Trim(),
            TimeSpan.FromDays(days),
            request.WithHouseholds,
            context.CancellationToken);
        return new EraseSubjectResponse
        {
            Erasure = await erasures.GetAsync(subject, context.CancellationToken),
            ForeignCount = rest.Foreign,
            HouseholdIds = { rest.Households },
        };
    }

    public override async Task<RestrictSubjectResponse> RestrictSubject(
        RestrictSubjectRequest request, ServerCallContext context) => new()
        {
            ChangedCount = (uint)await restriction.SetAsync(
                await ReachedAsync(request.SubjectId, context), RecordState.Frozen, context.CancellationToken),
        };

    public override async Task<LiftRestrictionResponse> LiftRestriction(
        LiftRestrictionRequest request, ServerCallContext context) => new()
        {
            ChangedCount = (uint)await restriction.SetAsync(
                await ReachedAsync(request.SubjectId, context), RecordState.Active, context.CancellationToken),
        };

    public override async Task<GetErasureResponse> GetErasure(GetErasureRequest request, ServerCallContext context) =>
        new()
        {
            Erasure = await erasures.GetAsync(
                await ReachedAsync(request.SubjectId, context), context.CancellationToken),
        };

    public override async Task<ListErasuresResponse> ListErasures(
        ListErasuresRequest request, ServerCallContext context)
    {
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListErasuresRequest { OpenOnly = request.OpenOnly };
        var after = PageToken.Decode(request.PageToken, scope, time)?.Id;
        var (found, next) = await erasures.ListAsync(after, size, context.CancellationToken);
        var response = new ListErasuresResponse
        {
            NextPageToken = PageToken.Encode(next is { } id ? new QueryCursor("", id) : null, scope, time),
        };
        var reach = reaches.Of(context);
        foreach (var told in found.Where(told => !request.OpenOnly || !told.Complete))
        {
            if (await reach.ReadsSubjectAsync(Guid.Parse(told.SubjectId), context.CancellationToken))
            {
                response.Erasures.Add(told);
            }
        }

        return response;
    }

    private async Task<Guid> ReachedAsync(string subjectId, ServerCallContext context)
    {
        var subject = SubjectRecords.ParseId(subjectId);
        await reaches.Of(context).RequireSubjectAsync(subject, context.CancellationToken);
        return subject;
    }
}
