using System.Globalization;
using Exchange.Node.Access;
using Exchange.Node.Agreements;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.PersonMatching;

/// <summary>Matching of persons across nodes, over gRPC.</summary>
internal sealed class PersonMatchService(
    IRecordStore store,
    RecordCodec codec,
    NodeIdentity node,
    MatchKeys keys,
    MatchBudget budget,
    GivenPersons given,
    MatchQuestion question,
    Callers callers,
    PeerLoader loader,
    AuditReads reads,
    RecordReach reaches,
    UnmaskPurposes purposes,
    TimeProvider time)
    : V1.PersonMatchService.PersonMatchServiceBase
{
    private const int MaxPersons = 200;

    public override async Task<MatchPersonsResponse> MatchPersons(
        MatchPersonsRequest request, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var peer = await callers.AdmitAsync(request.Node, context);
        var terms = peer.TermsOn(NodeIdentity.Today(time));
        var allowed = Allowed(terms, peer.Node);
        if (request.Tokens.Count is 0 || request.Tokens.Count > allowed)
        {
            throw ExchangeException.Invalid("tokens", $"Send 1 to {allowed}, not {request.Tokens.Count}.");
        }

        for (var i = 0; i < request.Tokens.Count; i++)
        {
            if (request.Tokens[i].Length != MatchKeys.TokenLength)
            {
                throw ExchangeException.Invalid($"tokens[{i}]", $"A token has {MatchKeys.TokenLength} bytes.");
            }
        }

        if (request.Suite != Suites.MatchHmacSha256 || !keys.IsNear(request.KeyNumber))
        {
            throw new ExchangeException(
                StatusCode.FailedPrecondition,
                ErrorReason.PersonMatchKeyUnknown,
                "The tokens were made by a suite or with a key that isn't known here. Set the clocks right.",
                ("suite", Suites.MatchHmacSha256),
                ("key_number", keys.Present.ToString(CultureInfo.InvariantCulture)));
        }

        using var turn = budget.Enter(peer.Node);
        await budget.TakeAsync(peer.Node, allowed, request.Tokens.Count, cancellation);
        var found = await given.FindAsync(
            peer.Node, keys.Of(peer, request.KeyNumber), request.Tokens, cancellation);
        await reads.NoteMatchAsync(
            AuditContext.Partner(peer.Node, context.Method.TrimStart('/')),
            peer.Node,
            request.Tokens.Count,
            found.Values.SelectMany(records => records).Distinct(),
            cancellation);
        var response = new MatchPersonsResponse();
        response.Matches.AddRange(found.Select(match => new PersonMatch
        {
            Index = (uint)match.Key,
            WorkerIds = { match.Value.Select(record => record.Id.ToString()) },
        }));
        return response;
    }

    public override async Task<FindGivenPersonsResponse> FindGivenPersons(
        FindGivenPersonsRequest request, ServerCallContext context)
    {
        await purposes.RequireAsync(request.Purpose, context, "purpose");
        if (request.WorkerIds.Count is 0 or > MaxPersons)
        {
            throw ExchangeException.Invalid("worker_ids", $"Name 1 to {MaxPersons}, not {request.WorkerIds.Count}.");
        }

        var peer = await loader.FindAsync(request.Peer, context.CancellationToken);
        var workers = await WorkersAsync(request.WorkerIds, reaches.Of(context), context.CancellationToken);
        await reads.NoteMatchAsync(
            reads.Context(request.Purpose),
            peer.Node,
            workers.Count,
            workers.Select(worker => new RecordKey(WorkerKind.KindName, Guid.Parse(worker.Id))),
            context.CancellationToken);
        return new FindGivenPersonsResponse
        {
            Matches = { await question.AskAsync(peer, workers, context.CancellationToken) },
        };
    }

    private uint Allowed(AgreementTerms terms, string partner)
    {
        var allowed = terms.IsInForce(NodeIdentity.Today(time))
            ? terms.Flows(node.Id, partner).Select(flow => flow.PersonMatchesPerDay).DefaultIfEmpty().Max()
            : 0;
        return allowed > 0
            ? allowed
            : throw new ExchangeException(
                StatusCode.PermissionDenied,
                ErrorReason.PersonMatchNotAgreed,
                $"The agreement '{terms.Agreement.Id}' doesn't say that '{partner}' may ask about persons.",
                ("node", partner),
                ("agreement", terms.Agreement.Id));
    }

    private async Task<List<(string Id, string IdNumber)>> WorkersAsync(
        IEnumerable<string> ids, CallReach reach, CancellationToken cancellationToken)
    {
        var workers = new List<(string Id, string IdNumber)>();
        foreach (var id in ids)
        {
            var key = new RecordKey(WorkerKind.KindName, RecordResolver.ParseId("worker_ids", id));
            await reach.RequireReadAsync(key, cancellationToken);
            var record = await store.GetAsync(key, cancellationToken) is { IsTombstone: false } stored
                ? codec.Decode(stored)
                : null;
            workers.Add(record is { Payload: { } payload } && record.HomeNode == node.Id
                ? (id, Worker.Parser.ParseFrom(payload.Value).IdNumber)
                : throw reach.Missing(WorkerKind.KindName, id));
        }

        return workers;
    }
}
