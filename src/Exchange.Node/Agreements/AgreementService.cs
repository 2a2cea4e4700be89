using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Agreements;

/// <summary>Agreements, over gRPC.</summary>
internal sealed class AgreementService(
    AgreementBook book,
    AgreementDesk desk,
    AgreementCarrier carrier,
    HomeTaker homes,
    Callers callers,
    NodeIdentity identity,
    TimeProvider time)
    : V1.AgreementService.AgreementServiceBase
{
    public override async Task<ProposeAgreementResponse> ProposeAgreement(
        ProposeAgreementRequest request, ServerCallContext context)
    {
        var held = await desk.ProposeAsync(
            request.Agreement ?? new Agreement(),
            request.PartnerCard,
            request.PartnerFingerprint,
            context.CancellationToken);
        return new ProposeAgreementResponse { Entry = await EntryAsync(held, context.CancellationToken) };
    }

    public override async Task<AcceptAgreementResponse> AcceptAgreement(
        AcceptAgreementRequest request, ServerCallContext context)
    {
        var held = request.Signed is { } signed
            ? await desk.AcceptAsync(signed, request.PartnerFingerprint, context.CancellationToken)
            : await desk.AcceptAsync(request.Id, request.PartnerFingerprint, context.CancellationToken);
        return new AcceptAgreementResponse { Entry = await EntryAsync(held, context.CancellationToken) };
    }

    public override async Task<GetAgreementResponse> GetAgreement(
        GetAgreementRequest request, ServerCallContext context)
    {
        var versions = await book.ReadAsync(request.Id, context.CancellationToken);
        var held = request.Version == 0
            ? versions.On(NodeIdentity.Today(time)) ?? versions.Last
            : versions.Find(request.Version);
        return held is null
            ? throw AgreementFailure.NotFound(request.Id)
            : new GetAgreementResponse { Entry = Entry(held, versions) };
    }

    public override async Task<ListAgreementsResponse> ListAgreements(
        ListAgreementsRequest request, ServerCallContext context)
    {
        var all = await book.ReadAsync(context.CancellationToken);
        var response = new ListAgreementsResponse();
        response.Entries.AddRange(all.GroupBy(held => held.Terms.Agreement.Id, StringComparer.Ordinal)
            .Select(versions => new AgreementVersions(versions))
            .SelectMany(versions => versions.All.Select(held => Entry(held, versions))));
        return response;
    }

    public override async Task<EndAgreementResponse> EndAgreement(
        EndAgreementRequest request, ServerCallContext context)
    {
        var held = await desk.EndAsync(request.Id, request.LastDate, request.Heir, context.CancellationToken);
        return new EndAgreementResponse { Entry = await EntryAsync(held, context.CancellationToken) };
    }

    public override async Task<WithdrawAgreementResponse> WithdrawAgreement(
        WithdrawAgreementRequest request, ServerCallContext context)
    {
        var held = await desk.WithdrawAsync(request.Id, context.CancellationToken);
        return new WithdrawAgreementResponse { Entry = await EntryAsync(held, context.CancellationToken) };
    }

    public override async Task<TakeOverRecordsResponse> TakeOverRecords(
        TakeOverRecordsRequest request, ServerCallContext context)
    {
        var (taken, left) = await homes.TakeAsync(request.Node, context.CancellationToken);
        return new TakeOverRecordsResponse { TakenCount = taken, LeftCount = left };
    }

    public override async Task<SendAgreementResponse> SendAgreement(
        SendAgreementRequest request, ServerCallContext context)
    {
        var held = await carrier.SendAsync(request.Id, context.CancellationToken);
        return new SendAgreementResponse { Entry = await EntryAsync(held, context.CancellationToken) };
    }

    public override async Task<OfferAgreementResponse> OfferAgreement(
        OfferAgreementRequest request, ServerCallContext context)
    {
        var caller = await callers.WhoAsync(context);
        var held = await desk.FileAsync(
            request.Signed ?? new SignedAgreement(), caller, context.CancellationToken);
        return new OfferAgreementResponse { Signed = held.Signed };
    }

    private async Task<AgreementEntry> EntryAsync(HeldAgreement held, CancellationToken cancellationToken) =>
        Entry(held, await book.ReadAsync(held.Terms.Agreement.Id, cancellationToken));

    private AgreementEntry Entry(HeldAgreement held, AgreementVersions versions)
    {
        var today = NodeIdentity.Today(time);
        var entry = held.Row.Clone();
        entry.Agreement = held.Terms.Agreement;
        entry.State = versions.StateOf(versions.Find(held.Version) ?? held, identity.Id, today);
        entry.Digest = held.Terms.Digest;
        entry.Fingerprints.AddRange(
            held.Terms.Agreement.Parties.Select(party => KeyFingerprint.Of(party.PublicKey.Span)));
        return entry;
    }
}
