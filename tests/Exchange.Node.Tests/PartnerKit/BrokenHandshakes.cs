using Exchange.Cli.PartnerKit;
using Exchange.V1;
using Grpc.Core;
using static Exchange.Node.Tests.PartnerKit.BrokenPartner;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>Partners that let the wrong ones in, or keep the right ones out.</summary>
internal static class BrokenHandshakes
{
    private const string HelloCame = "a Hello came";

    public static IEnumerable<BrokenPartner> All => Handshakes.Concat(Versions);

    private static IEnumerable<BrokenPartner> Handshakes =>
    [
        new(
            "One that answers with a session of its own",
            ["handshake"],
            OnSent(frame =>
            {
                if (frame.Hello is { } hello)
                {
                    hello.SessionId = Guid.NewGuid().ToString();
                }
            }),
            ("handshake.hello", "session_id isn't echoed")),
        new(
            "One that begins with whatever comes first",
            ["handshake"],
            partner =>
            {
                SyncFrame? hello = null;
                partner.Breakage.Received = frame =>
                {
                    hello = frame.Hello is null ? hello : frame.Clone();
                    return frame.Heartbeat is null ? frame : hello!;
                };
            },
            ("handshake.first", "Hello came")),
        new(
            "One that believes whoever shows no certificate",
            ["handshake"],
            partner => partner.Breakage.Shown = shown => shown ?? partner.Kit.Certificate.Leaf,
            ("handshake.certificate-missing", "Hello came")),
        new(
            "One that believes the name in a certificate, whatever its key",
            ["handshake"],
            partner => partner.Breakage.Shown = shown => shown is null ? null : partner.Kit.Certificate.Leaf,
            ("handshake.certificate-unknown", "Hello came")),
        new(
            "One that breaks down where it should refuse",
            ["handshake"],
            partner => partner.Breakage.Shown = shown => partner.Kit.Certificate.Leaf.Equals(shown)
                ? shown
                : throw new RpcException(new Status(StatusCode.Unavailable, "It broke down.")),
            ("handshake.certificate-missing", "the call ended with UNAVAILABLE"),
            ("handshake.certificate-unknown", "the call ended with UNAVAILABLE")),
        new(
            "One that believes the name in Hello as long as the certificate is anybody's",
            ["handshake"],
            partner => OnHello(hello => hello.Node = partner.Kit.Node)(partner),
            ("handshake.node-foreign", HelloCame)),
    ];

    private static IEnumerable<BrokenPartner> Versions =>
    [
        new(
            "One that speaks the newest version of the other or none",
            ["versions"],
            OnHello(hello => hello.MinProtocol = hello.MaxProtocol),
            ("versions.protocol-range", "FAILED_PRECONDITION / ERROR_REASON_CONTRACT_UNSUPPORTED")),
        new(
            "One that speaks any version",
            ["versions"],
            OnHello(hello => hello.MinProtocol = hello.MaxProtocol = 1),
            ("versions.protocol-newer", HelloCame),
            ("versions.protocol-older", HelloCame)),
        new(
            "One that knows but one version of an agreement at a time",
            ["versions"],
            partner => OnHello(hello => hello.AgreementVersion += hello.AgreementVersion == 2 ? 5u : 0)(partner),
            ("versions.agreement-next", "FAILED_PRECONDITION / ERROR_REASON_AGREEMENT_MISMATCH")),
        new(
            "One that asks no more than for an agreement's version",
            ["versions"],
            partner => OnHello(hello => hello.AgreementDigest = hello.AgreementVersion == 1
                ? KitIdentity.DigestOf(partner.Kit.Agreement)
                : hello.AgreementDigest)(partner),
            ("versions.agreement-other", HelloCame)),
        new(
            "One that takes a later version of an agreement for the one that it holds",
            ["versions"],
            OnHello(hello => hello.AgreementVersion = hello.AgreementVersion == 3 ? 1 : hello.AgreementVersion),
            ("versions.agreement-unknown", HelloCame)),
    ];
}
