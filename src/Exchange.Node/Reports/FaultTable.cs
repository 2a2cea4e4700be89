using Exchange.V1;
using static Exchange.V1.ErrorReason;
using static Exchange.Node.Reports.FaultRule;

namespace Exchange.Node.Reports;

/// <summary>
/// Whose fault a failed session was. Every reason has a rule: docs/operating/morning-report.md shows the same table,
/// and a test finds a reason that lacks one.
/// </summary>
internal static class FaultTable
{
    /// <summary>The rule of each reason.</summary>
    public static IReadOnlyDictionary<ErrorReason, FaultRule> Rules { get; } = new Dictionary<ErrorReason, FaultRule>
    {
        [FieldInvalid] = Other,
        [PageTokenInvalid] = Other,
        [RecordNotFound] = Other,
        [VersionConflict] = Finder,
        [DuplicateKey] = Finder,
        [RequestIdReused] = Other,
        [NotHomeNode] = Other,
        [KindUnknown] = Other,
        [StreamNotOpened] = Other,
        [StreamFenced] = Other,
        [ItemNumberReused] = Other,
        [ResumeTokenForeign] = Other,
        [ResumeTokenExpired] = Other,
        [ResumeTokenInvalid] = Other,
        [PeerUnknown] = FaultRule.Agreement,
        [AgreementMismatch] = FaultRule.Agreement,
        [AgreementNotInForce] = FaultRule.Agreement,
        [ContractUnsupported] = FaultRule.Agreement,
        [SyncProtocol] = Other,
        [SessionSuperseded] = Line,
        [ChangeNotFromHome] = Other,
        [ChangeClockAhead] = Other,
        [ChangeInvalid] = Other,
        [ChangeOutOfAgreement] = Other,
        [ChangeHeldFromAnother] = FaultRule.Agreement,
        [StoreUnavailable] = Finder,
        [NodeStopping] = Finder,
        [Internal] = Finder,
        [PeerUnreachable] = Line,
        [PeerCertificateMissing] = Other,
        [PeerCertificateUnknown] = FaultRule.Agreement,
        [PeerCertificateExpired] = Other,
        [PeerCertificateForeign] = Other,
        [PeerKeyUnconfirmed] = FaultRule.Agreement,
        [RecordFrozen] = Other,
        [RecordDamaged] = Finder,
        [AgreementSignatureInvalid] = FaultRule.Agreement,
        [AgreementKeyUnconfirmed] = FaultRule.Agreement,
        [AgreementVersionOrder] = FaultRule.Agreement,
        [AgreementConflict] = FaultRule.Agreement,
        [AgreementForeign] = FaultRule.Agreement,
        [MethodUnknown] = FaultRule.Agreement,
        [MessageTooLarge] = Other,
        [DeadlineExceeded] = Line,
        [CallCancelled] = Line,
        [ServiceUnknown] = FaultRule.Agreement,
        [CallUnreadable] = Other,
        [QuarantineMayApply] = Other,
        [QuotaExhausted] = Other,
        [VacancyNotOpen] = Other,
        [JobCodesExhausted] = Other,
        [ReceiptChainBroken] = FaultRule.Agreement,
        [ReceiptForged] = FaultRule.Agreement,
        [ReceiptMismatch] = Other,
        [ReceiptInvalid] = Other,
        [BundleInvalid] = Other,
        [BundleTampered] = Line,
        [BundleNotForThisNode] = Line,
        [BundleGap] = Finder,
        [BundleTruncated] = Line,
        [BundleTooLarge] = Other,
        [BundleOutdated] = Other,
        [CredentialsMissing] = Other,
        [CredentialsInvalid] = Other,
        [PermissionMissing] = Other,
        [OutOfReach] = Other,
        [RateLimited] = Other,
        [KeyRotationRunning] = Other,
        [PersonMatchNotAgreed] = Other,
        [PersonMatchKeyUnknown] = Other,
        [DeadlineRequired] = Other,
    };

    /// <summary>Whose fault a failure was.</summary>
    public static FaultSide Of(DayFailure failure) => Of(failure.Reason, failure.FromPartner, failure.Refused);

    /// <param name="reason">Why.</param>
    /// <param name="fromPartner">The partner found it and told us; otherwise this node found it.</param>
    /// <param name="refused">The partner's machine answered, but nothing listens there.</param>
    public static FaultSide Of(ErrorReason reason, bool fromPartner, bool refused)
    {
        if (refused)
        {
            return FaultSide.Theirs;
        }

        // A reason of a later version, which only a partner can name, is taken for the partner's.
        return Rules.TryGetValue(reason, out var rule)
            ? rule switch
            {
                Line => FaultSide.Line,
                FaultRule.Agreement => FaultSide.Agreement,
                Finder => fromPartner ? FaultSide.Theirs : FaultSide.Ours,
                _ => fromPartner ? FaultSide.Ours : FaultSide.Theirs,
            }
            : FaultSide.Theirs;
    }
}
