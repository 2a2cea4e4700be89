using System.Security.Cryptography.X509Certificates;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>How a session begins, and who may begin one.</summary>
internal static class HandshakePromises
{
    private const string Section = "the-handshake";

    public static IEnumerable<Promise> All =>
    [
        new(
            "handshake.hello",
            "Hello is answered with a Hello that says who the partner is, where it stands and under what",
            Section,
            "a Hello under the agreement",
            "a Hello with the partner's id, the same session id, agreement, version and digest, an epoch that is "
            + "a UUID "
            + "and a window of at least 1",
            HelloAsync),
        new(
            "handshake.first",
            "Nothing is taken before Hello",
            Section,
            "a heartbeat before Hello",
            "ABORTED / ERROR_REASON_SYNC_PROTOCOL",
            async run => KitChecks.MustEnd(
                await run.RefusedAsync(new SyncFrame { Heartbeat = new SyncHeartbeat() }, null, isOwn: true),
                StatusCode.Aborted,
                ErrorReason.SyncProtocol)),
        new(
            "handshake.certificate-missing",
            "A caller without a certificate is refused",
            Section,
            "a good Hello, without a client certificate",
            "UNAUTHENTICATED / ERROR_REASON_PEER_CERTIFICATE_MISSING, or the end of the TLS handshake",
            run => StrangerAsync(run, null, ErrorReason.PeerCertificateMissing)),
        new(
            "handshake.certificate-unknown",
            "A caller whose key isn't pinned is refused, whatever name its certificate bears",
            Section,
            "a good Hello, with a certificate of the same name and another key",
            "UNAUTHENTICATED / ERROR_REASON_PEER_CERTIFICATE_UNKNOWN, or the end of the TLS handshake",
            UnknownAsync),
        new(
            "handshake.node-foreign",
            "A caller that shows one node's certificate and says that it is another is refused",
            Section,
            "a Hello in the name of another node, with the test node's certificate",
            "PERMISSION_DENIED / ERROR_REASON_PEER_CERTIFICATE_FOREIGN or ERROR_REASON_PEER_UNKNOWN, or "
            + "UNAUTHENTICATED / "
            + "ERROR_REASON_PEER_CERTIFICATE_UNKNOWN",
            ForeignAsync),
    ];

    private static async Task<string> HelloAsync(KitRun run)
    {
        using var session = await run.OpenAsync();
        var (ours, theirs) = (session.Ours, session.Theirs);
        var wrong = new[]
        {
            theirs.Node == run.Identity.Partner ? "" : $"node is '{theirs.Node}'",
            theirs.SessionId == ours.SessionId ? "" : "session_id isn't echoed",
            theirs.AgreementId == ours.AgreementId && theirs.AgreementVersion == ours.AgreementVersion
                && theirs.AgreementDigest.Equals(ours.AgreementDigest) ? "" : "the agreement is another one",
            Guid.TryParseExact(theirs.Epoch, "D", out _) ? "" : "epoch is no UUID",
            theirs.Window > 0 ? "" : "window is 0",
            theirs is { MinProtocol: <= 1, MaxProtocol: >= 1 } ? "" : "protocol version 1 isn't spoken",
            theirs.AuditHead.Length <= 256 ? "" : "audit_head has more than 256 bytes",
        };
        var faults = string.Join("; ", wrong.Where(fault => fault.Length > 0));
        KitChecks.Must(faults.Length == 0, $"a Hello in which {faults}");
        return $"such a Hello; software '{theirs.Software}', window {theirs.Window}";
    }

    private static async Task<string> UnknownAsync(KitRun run)
    {
        using var stranger = run.StrangersCertificate();
        return await StrangerAsync(run, stranger, ErrorReason.PeerCertificateUnknown);
    }

    private static async Task<string> StrangerAsync(KitRun run, X509Certificate2? shown, ErrorReason reason)
    {
        var failure = await run.RefusedAsync(new SyncFrame { Hello = run.Hello() }, shown, isOwn: false);
        if (failure is not { FromPeer: false } || !await run.EndsHandshakeAsync(shown))
        {
            return KitChecks.MustEnd(failure, StatusCode.Unauthenticated, reason);
        }

        // Not every stack can let whoever comes shake hands first, so that it can say why afterwards. But whoever ends
        // everybody's handshake refuses nobody: it is broken.
        using var own = await run.OpenAsync();
        return "the connection was ended in its TLS handshake, and that with the pinned certificate wasn't";
    }

    private static async Task<string> ForeignAsync(KitRun run)
    {
        var (failure, began) = await run.RefusedAsync(hello => hello.Node = run.Identity.Node + "-other");
        KitChecks.Must(!began, "a Hello came");
        return failure?.Status == StatusCode.PermissionDenied
            ? KitChecks.MustEnd(
                failure, StatusCode.PermissionDenied, ErrorReason.PeerCertificateForeign, ErrorReason.PeerUnknown)
            : KitChecks.MustEnd(failure, StatusCode.Unauthenticated, ErrorReason.PeerCertificateUnknown);
    }
}
