using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Node.Agreements;

/// <summary>Carries agreements to a partner over the line, and takes back what it has signed.</summary>
internal sealed class AgreementCarrier(
    AgreementBook book,
    AgreementDesk desk,
    PeerLoader loader,
    PeerLines lines,
    NodeIdentity identity,
    TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Offers every version that isn't replaced; returns the newest as it stands then.</summary>
    /// <exception cref="ExchangeException">It is unknown, can't be reached, or was refused.</exception>
    public async Task<HeldAgreement> SendAsync(string id, CancellationToken cancellationToken)
    {
        var versions = await book.ReadAsync(id, cancellationToken);
        var today = NodeIdentity.Today(time);
        var current = versions.On(today)?.Version ?? 0;
        var last = versions.Last ?? throw AgreementFailure.NotFound(id);
        var partner = last.Terms.PartnerOf(identity.Id)!;
        if (loader.LineTo(partner).Address is not { Length: > 0 } address)
        {
            throw ExchangeException.Invalid(
                "id", $"The configuration has no address of '{partner}'. Bring the agreement as a file.");
        }

        using var channel = await lines.OpenAsync(partner, address, cancellationToken);
        var client = new V1.AgreementService.AgreementServiceClient(channel.Calls);
        foreach (var held in versions.All.Where(held => held.Version >= current))
        {
            last = await OfferAsync(client, held, partner, cancellationToken);
        }

        return last;
    }

    private async Task<HeldAgreement> OfferAsync(
        V1.AgreementService.AgreementServiceClient client,
        HeldAgreement held,
        string partner,
        CancellationToken cancellationToken)
    {
        var offer = new OfferAgreementRequest { Signed = held.Signed };
        var answer = await PeerCall.RunAsync(
            partner,
            Patience,
            time,
            (deadline, token) => client.OfferAgreementAsync(offer, null, deadline, token),
            cancellationToken);

        // Without the partner's signature nothing new came back.
        return answer.Signed.Signatures.Any(signature => signature.Node == partner)
            ? await desk.FileAsync(answer.Signed, partner, cancellationToken)
            : held;
    }
}
