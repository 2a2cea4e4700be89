using Exchange.Node.Agreements;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Exchange.Node.Trust;

/// <summary>Partners' certificates and the node's own, over gRPC, for operators.</summary>
internal sealed class PeerService(
    PeerPins pins,
    TlsIdentity tls,
    TlsRoll roll,
    SyncSessions sessions,
    NodeIdentity identity,
    NodeKeys keys,
    TimeProvider time) : V1.PeerService.PeerServiceBase
{
    private const int KeyHashLength = 32;

    public override Task<GetPeerCardResponse> GetPeerCard(GetPeerCardRequest request, ServerCallContext context) =>
        Task.FromResult(new GetPeerCardResponse
        {
            Card = PeerCards.Make(identity, keys, tls.Present.Leaf),
            Fingerprint = KeyFingerprint.Spoken(keys.PublicKey),
        });

    public override async Task<AddPeerResponse> AddPeer(AddPeerRequest request, ServerCallContext context)
    {
        var card = request.Card ?? throw ExchangeException.Invalid("card", "Give the partner's card.");
        if (PeerCards.FaultOf(card, time.GetUtcNow()) is { } fault)
        {
            throw ExchangeException.Invalid([fault]);
        }

        if (card.Node == identity.Id)
        {
            throw ExchangeException.Invalid("card.node", "That is this node's own card. Give the partner's.");
        }

        if (!KeyFingerprint.IsOf(request.Fingerprint, card.PublicKey.Span))
        {
            throw CertificateFailure.Unconfirmed(card, keys.PublicKey);
        }

        return new AddPeerResponse
        {
            Certificate = await pins.PinAsync(card, PinOrigin.Card, context.CancellationToken),
        };
    }

    public override async Task<ListPeerCertificatesResponse> ListPeerCertificates(
        ListPeerCertificatesRequest request, ServerCallContext context) =>
        new() { Certificates = { await pins.AllAsync(context.CancellationToken) } };

    public override async Task<RemovePeerCertificatesResponse> RemovePeerCertificates(
        RemovePeerCertificatesRequest request, ServerCallContext context)
    {
        if (!NodeIds.IsValid(request.Node))
        {
            throw ExchangeException.Invalid("node", "It must be the id of a node.");
        }

        ByteString? key = request.KeyHash.Length switch
        {
            0 => null,
            KeyHashLength => request.KeyHash,
            _ => throw ExchangeException.Invalid("key_hash", $"It must have {KeyHashLength} bytes."),
        };
        var gone = await pins.RemoveAsync(request.Node, key, context.CancellationToken);
        if (gone.Count > 0)
        {
            sessions.Leave(request.Node, CertificateFailure.Removed(request.Node));
        }

        return new RemovePeerCertificatesResponse { Certificates = { gone } };
    }

    public override async Task<GetCertificateResponse> GetCertificate(
        GetCertificateRequest request, ServerCallContext context)
    {
        var present = tls.Present.Leaf;
        return new GetCertificateResponse
        {
            Certificate = ByteString.CopyFrom(present.RawData),
            ValidToTime = new DateTimeOffset(present.NotAfter).ToTimestamp(),
            Roll = await roll.ReadAsync(context.CancellationToken),
            WaitingFor = { await roll.WaitingForAsync(context.CancellationToken) },
        };
    }

    public override async Task<RollCertificateResponse> RollCertificate(
        RollCertificateRequest request, ServerCallContext context)
    {
        var signingRequest = await roll.BeginAsync(
            MomentOf(request.ChangeTime), request.SigningRequest, context.CancellationToken);
        return new RollCertificateResponse
        {
            Roll = await roll.ReadAsync(context.CancellationToken),
            SigningRequest = signingRequest ?? "",
        };
    }

    private static DateTimeOffset? MomentOf(Timestamp? given)
    {
        try
        {
            return given?.ToDateTimeOffset();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw ExchangeException.Invalid("change_time", "It isn't a moment that exists.");
        }
    }
}
