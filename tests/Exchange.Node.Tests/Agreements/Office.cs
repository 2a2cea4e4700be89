using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Tests.Agreements;

/// <summary>The agreements of one node over a store in memory, without sockets.</summary>
internal sealed class Office : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly IRecordStore _store;
    private readonly NodeIdentity _identity;
    private readonly PeerLoader _loader;

    private Office(string id, IRecordStore store, ManualTime time)
    {
        _store = store;
        _identity = new NodeIdentity(id, $"{id} 人社局", TestNode: true);
        Keys = NodeKeys.Create(_directory.Path);
        Sessions = new SyncSessions(new SyncLease(store, time), time, NullLogger<SyncTicket>.Instance);
        Book = new AgreementBook(store);
        _loader = new PeerLoader(
            Book,
            Peers,
            Sessions,
            _identity,
            Keys,
            Options.Create(new SyncOptions()));
        Desk = new AgreementDesk(Book, _loader, _identity, Keys, new RecordKinds(), time);
    }

    public string Id => _identity.Id;

    public NodeKeys Keys { get; }

    public AgreementBook Book { get; }

    public AgreementDesk Desk { get; }

    public SyncPeers Peers { get; } = new([]);

    public SyncSessions Sessions { get; }

    /// <summary>What the node gives to a new partner.</summary>
    public AgreementParty Card => new()
    {
        Node = _identity.Id,
        Name = _identity.Name,
        PublicKey = ByteString.CopyFrom(Keys.PublicKey),
    };

    /// <summary>What a person of the node reads out on the telephone.</summary>
    public string Fingerprint => KeyFingerprint.Of(Keys.PublicKey);

    public static async Task<Office> OpenAsync(string id, ManualTime time) =>
        new(id, await RecordStores.OpenAsync(new StoreOptions("", id, "memory"), time, default), time);

    /// <summary>Proposes to a partner whose card and fingerprint came by the usual ways.</summary>
    public async Task<SignedAgreement> ProposeAsync(Agreement draft, Office partner) =>
        (await Desk.ProposeAsync(draft, partner.Card, partner.Fingerprint, default)).Signed;

    /// <summary>Accepts after the partner has read out its fingerprint.</summary>
    public async Task<SignedAgreement> AcceptAsync(SignedAgreement signed, Office partner) =>
        (await Desk.AcceptAsync(signed, partner.Fingerprint, default)).Signed;

    /// <summary>Goes the whole way: proposed here, accepted there, taken back.</summary>
    public async Task<SignedAgreement> AgreeAsync(Agreement draft, Office partner)
    {
        var accepted = await partner.AcceptAsync(await ProposeAsync(draft, partner), this);
        return await AcceptAsync(accepted, partner);
    }

    /// <summary>Signs bytes past all checks, as another program with this node's key could.</summary>
    public SignedAgreement Sign(Agreement agreement)
    {
        var bytes = agreement.ToByteString();
        return new SignedAgreement { Agreement = bytes, Signatures = { AgreementSignatures.Sign(bytes, Id, Keys) } };
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Keys.Dispose();
        _directory.Dispose();
    }
}
