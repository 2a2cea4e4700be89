using Exchange.Node.Agreements;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>Versions of the protocol and of the agreement.</summary>
internal static class VersionPromises
{
    private const string Section = "versions";

    public static IEnumerable<Promise> All =>
    [
        new(
            "versions.protocol-range",
            "Two nodes whose protocol versions overlap talk",
            Section,
            "a Hello that speaks protocol 1 to 99",
            "a Hello",
            async run =>
            {
                using var session = await run.OpenAsync(hello => hello.MaxProtocol = 99);
                return "a Hello";
            }),
        new(
            "versions.protocol-newer",
            "A protocol version that the partner doesn't know is refused",
            Section,
            "a Hello that speaks protocol 99 alone",
            "FAILED_PRECONDITION / ERROR_REASON_CONTRACT_UNSUPPORTED",
            run => RefusedAsync(
                run, hello => hello.MinProtocol = hello.MaxProtocol = 99, ErrorReason.ContractUnsupported)),
        new(
            "versions.protocol-older",
            "A protocol version that is older than any is refused",
            Section,
            "a Hello that speaks protocol 0 alone",
            "FAILED_PRECONDITION / ERROR_REASON_CONTRACT_UNSUPPORTED",
            run => RefusedAsync(
                run, hello => hello.MinProtocol = hello.MaxProtocol = 0, ErrorReason.ContractUnsupported)),
        new(
            "versions.agreement-next",
            "The next version of an agreement, signed by both, is good beside the present one before its first day",
            Section,
            "a Hello under version 2 of the agreement (agreement-next.json)",
            "a Hello",
            NextAsync),
        new(
            "versions.agreement-unknown",
            "A version of the agreement that the partner doesn't hold is refused",
            Section,
            "a Hello under version 3 of the agreement",
            "FAILED_PRECONDITION / ERROR_REASON_AGREEMENT_MISMATCH",
            run => RefusedAsync(run, hello => hello.AgreementVersion = 3, ErrorReason.AgreementMismatch)),
        new(
            "versions.agreement-other",
            "The right version with other bytes is refused",
            Section,
            "a Hello under version 1 of the agreement, with the digest of other terms",
            "FAILED_PRECONDITION / ERROR_REASON_AGREEMENT_MISMATCH",
            run => RefusedAsync(
                run,
                hello => hello.AgreementDigest = ByteString.CopyFrom(new byte[32]),
                ErrorReason.AgreementMismatch)),
    ];

    private static async Task<string> NextAsync(KitRun run)
    {
        using var session = await run.OpenAsync(hello =>
        {
            hello.AgreementVersion = run.Identity.Next.Version;
            hello.AgreementDigest = AgreementTerms.DigestOf(run.Identity.Next);
        });
        return "a Hello";
    }

    private static async Task<string> RefusedAsync(KitRun run, Action<SyncHello> change, ErrorReason reason)
    {
        var (failure, began) = await run.RefusedAsync(change);
        KitChecks.Must(!began, "a Hello came");
        return KitChecks.MustEnd(failure, StatusCode.FailedPrecondition, reason);
    }
}
