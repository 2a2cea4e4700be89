using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Cli.Agreements;
using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.PartnerKit;

/// <summary>
/// The folder of a test node that checks one partner: its keys and certificate, the partner's card, and two versions of
/// an agreement between the two.
/// </summary>
internal sealed class KitDirectory(string path)
{
    /// <summary>How long after it was made the second version begins: until then both are good.</summary>
    public const int DaysToNext = 365;

    private const string Address = "https://127.0.0.1:0";

    private readonly DataDirectory _data = new(path);

    /// <summary>The test node's card, which the partner pins.</summary>
    public string CardFile => In("checker.card.json");

    /// <summary>The agreement, which the partner accepts.</summary>
    public string AgreementFile => In("agreement.json");

    /// <summary>The version after it, which the partner accepts as well.</summary>
    public string NextFile => In("agreement-next.json");

    private string PartnerFile => In("partner.card.json");

    // The history of the test node's feed. A check that plays a restored node writes another one.
    private string EpochFile => In("epoch");

    /// <summary>Makes everything.</summary>
    /// <param name="id">The test node's id.</param>
    /// <param name="partner">The partner's card.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CommandException">The card can't be used.</exception>
    public void Create(string id, PeerCard partner, TimeProvider time)
    {
        if (PeerCards.FaultOf(partner, time.GetUtcNow()) is { } fault)
        {
            throw new CommandException(ExitCode.Usage, $"The partner's card can't be used: {fault.Description}");
        }

        if (partner.Node == id)
        {
            throw new CommandException(
                ExitCode.Usage, $"The partner's id is '{id}' too. Give the test node another one with --id.");
        }

        Setup.NodeSetup.Create(_data, new NodeInitRequest(id, "check-partner", Address, true, null, []), time);
        using var keys = NodeKeys.Load(_data.Keys);
        var identity = new NodeIdentity(id, "check-partner", TestNode: true);
        AgreementFiles.Write(PartnerFile, partner);
        AgreementFiles.Write(CardFile, PeerCards.Make(identity, keys, ReadCertificate().Leaf));
        var today = NodeIdentity.Today(time);
        var parties = (Party(identity, keys.PublicKey), AgreementFiles.PartyOf(partner));
        Write(AgreementFile, KitAgreement.Make(parties.Item1, parties.Item2, 1, today), identity, keys);
        Write(
            NextFile,
            KitAgreement.Make(parties.Item1, parties.Item2, 2, today.AddDays(DaysToNext)),
            identity,
            keys);
        NewEpoch();
    }

    /// <summary>Reads everything.</summary>
    /// <exception cref="CommandException">There is nothing, or it is too old.</exception>
    public KitIdentity Read(TimeProvider time)
    {
        if (!File.Exists(PartnerFile) || !File.Exists(NextFile))
        {
            throw new CommandException(
                ExitCode.NotFound,
                $"'{path}' holds no test node. Make one with 'exchange check-partner init {path} --card FILE'.");
        }

        var signed = AgreementFiles.ReadSigned(AgreementFile);
        var next = AgreementFiles.ReadSigned(NextFile);
        var partner = AgreementFiles.ReadCard(PartnerFile);
        var agreement = Agreement.Parser.ParseFrom(signed.Agreement);
        var following = Agreement.Parser.ParseFrom(next.Agreement);
        if (new AgreementTerms(following).HasBegun(NodeIdentity.Today(time)))
        {
            throw new CommandException(
                ExitCode.Usage,
                $"'{path}' was made a year ago, and its second agreement has begun. Make another with 'init'.");
        }

        return new KitIdentity(
            agreement.Parties[0].Node, partner, agreement, following, NodeKeys.Load(_data.Keys), ReadCertificate());
    }

    /// <summary>The present history of the test node's feed.</summary>
    public string Epoch => File.ReadAllText(EpochFile).Trim();

    /// <summary>Begins another history, as a node does that was restored from a backup.</summary>
    public string NewEpoch()
    {
        var epoch = Guid.NewGuid().ToString();
        File.WriteAllText(EpochFile, epoch + "\n");
        return epoch;
    }

    /// <summary>A certificate of the same name and another key, which nobody has pinned.</summary>
    public static X509Certificate2 StrangersCertificate(string node, TimeProvider time)
    {
        var key = TlsMaker.NewKey();
        using var pem = X509Certificate2.CreateFromPem(
            TlsMaker.SelfMade(key, node, "localhost", time.GetUtcNow()), key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static AgreementParty Party(NodeIdentity identity, byte[] key) =>
        new() { Node = identity.Id, Name = identity.Name, PublicKey = ByteString.CopyFrom(key) };

    private static void Write(string file, Agreement agreement, NodeIdentity identity, NodeKeys keys)
    {
        var bytes = agreement.ToByteString();
        AgreementFiles.Write(file, new SignedAgreement
        {
            Agreement = bytes,
            Signatures = { AgreementSignatures.Sign(bytes, identity.Id, keys) },
        });
    }

    private string In(string name) => Path.Combine(_data.Path, name);

    private TlsCertificate ReadCertificate()
    {
        try
        {
            return TlsCertificate.Read(new ListenOptions().FilesIn(_data));
        }
        catch (CryptographicException exception)
        {
            throw new CommandException(ExitCode.Usage, $"'{path}' holds no usable certificate.", exception);
        }
    }
}
