using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Disclosures;

/// <summary>Who saw a person's data, over gRPC.</summary>
internal sealed class DisclosureService(
    SubjectDisclosures disclosures,
    DisclosureList list,
    HoldingQuestion question,
    Holdings holdings,
    Callers callers,
    AuditReads reads,
    RecordReach reaches,
    TimeProvider time)
    : V1.DisclosureService.DisclosureServiceBase
{
    public override async Task<WhoSawResponse> WhoSaw(WhoSawRequest request, ServerCallContext context)
    {
        var subject = SubjectRecords.ParseId(request.SubjectId);
        await reaches.Of(context).RequireSubjectAsync(subject, context.CancellationToken);
        var (answer, partners) = await disclosures.FindAsync(subject, context.CancellationToken);
        if (request.IncludePartners)
        {
            await question.AskAsync(partners, context.CancellationToken);
            answer.Unreachable.AddRange(
                answer.Partners.Where(partner => partner.Error is not null).Select(partner => partner.Node));
        }

        return answer;
    }

    public override async Task<ListDisclosuresResponse> ListDisclosures(
        ListDisclosuresRequest request, ServerCallContext context)
    {
        var subject = SubjectRecords.ParseId(request.SubjectId);
        await reaches.Of(context).RequireSubjectAsync(subject, context.CancellationToken);
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListDisclosuresRequest { SubjectId = request.SubjectId };
        var after = PageToken.Decode(request.PageToken, scope, time);
        var (found, next) = await list.ReadAsync(subject, after, size, context.CancellationToken);
        return new ListDisclosuresResponse
        {
            Disclosures = { found },
            NextPageToken = PageToken.Encode(next, scope, time),
        };
    }

    public override async Task<TellHeldResponse> TellHeld(TellHeldRequest request, ServerCallContext context)
    {
        var peer = await callers.AdmitAsync(request.Node, context);
        if (peer.Versions.All(terms => terms.Agreement.Id != request.AgreementId))
        {
            throw ExchangeException.Invalid(
                "agreement_id", $"The agreement with '{peer.Node}' is '{peer.Versions[^1].Agreement.Id}'.");
        }

        if (request.Records.Count > Holdings.MaxRecords)
        {
            throw ExchangeException.Invalid("records", $"Ask for at most {Holdings.MaxRecords} records at once.");
        }

        var keys = request.Records.Select(Key).ToList();
        await reads.NoteHoldingsAsync(peer.Node, context.Method.TrimStart('/'), keys, context.CancellationToken);
        return new TellHeldResponse
        {
            Answers = { await holdings.TellAsync(peer, keys, context.CancellationToken) },
        };
    }

    private static RecordKey Key(HeldName name, int index)
    {
        var id = RecordResolver.ParseId($"records[{index}].id", name.Id);
        return ChangeReader.IsKind(name.Kind)
            ? new RecordKey(name.Kind, id)
            : throw ExchangeException.Invalid(
                $"records[{index}].kind", "It must be the name of a kind, such as worker.");
    }
}
