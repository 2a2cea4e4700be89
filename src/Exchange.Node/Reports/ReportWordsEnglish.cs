using Exchange.V1;

namespace Exchange.Node.Reports;

/// <summary>The words of a report in English.</summary>
internal static class ReportWordsEnglish
{
    private static readonly Dictionary<ErrorReason, (string What, string Advice)> Reasons = new()
    {
        [ErrorReason.PeerUnreachable] = ("the partner couldn't be reached, or the line was cut.", ""),
        [ErrorReason.SessionSuperseded] = ("the partner called again while a session was open.", ""),
        [ErrorReason.AgreementMismatch] = ("the two nodes hold different versions of the agreement.", ""),
        [ErrorReason.AgreementNotInForce] = (
            "the agreement hasn't begun or has ended.", "put an agreement that is in force on both nodes."),
        [ErrorReason.PeerUnknown] = (
            "one node isn't configured as a partner at the other.", "add the partner on both nodes."),
        [ErrorReason.ContractUnsupported] = (
            "the two nodes' software is too far apart.", "upgrade the older of the two nodes."),
        [ErrorReason.MethodUnknown] = (
            "one node's software doesn't know the call.", "upgrade the older of the two nodes."),
        [ErrorReason.ServiceUnknown] = (
            "one node's software doesn't know the service.", "upgrade the older of the two nodes."),
        [ErrorReason.StoreUnavailable] = (
            "the store didn't answer.", "check disk and database of the node whose fault it is."),
        [ErrorReason.NodeStopping] = ("the node was being stopped.", "make sure that it was started again."),
        [ErrorReason.Internal] = ("a node has a fault.", ""),
        [ErrorReason.SyncProtocol] = ("a message came that doesn't fit.", ""),
        [ErrorReason.ResumeTokenExpired] = ("the partner was away too long.", ""),
        [ErrorReason.ReceiptChainBroken] = (
            "the two nodes hold different receipts.", "compare 'exchange receipts' on both nodes."),
        [ErrorReason.ReceiptForged] = (
            "a receipt lacks a good signature.", "compare both nodes' public keys with the agreement's."),
        [ErrorReason.ReceiptMismatch] = ("the two nodes counted differently.", ""),
        [ErrorReason.ReceiptInvalid] = ("a receipt couldn't be read.", ""),
    };

    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["worker"] = "workers",
        ["vacancy"] = "vacancies",
        ["employer"] = "employers",
        ["household"] = "households",
        ["division"] = "divisions",
        ["placement_event"] = "placement events",
    };

    public static ReportWords Create() => new()
    {
        Title = "Report of {0} for {1}",
        NoPartners = "No partner is configured.",
        Well = "{0}: all is well.",
        Attention = "{0}: please look at this.",
        Moved = "Came: {0} changes{1}. Went: {2} changes{3}.",
        Sessions = "Sessions: {0}; failed: {1}.",
        NoSessions = "No session on this day.",
        DigestsAgree = "Both sides hold the same.",
        DigestsDiffer = "The two sides do NOT hold the same. Run 'exchange sync {0}' once more; if they still differ, "
            + "ask those who run the nodes to compare their logs.",
        ReceiptSigned = "Receipt {0} is signed by both.",
        ReceiptOwed = "The last session has no receipt signed by both; the next one makes one.",
        Withheld = "Withheld: {0} records that the agreement lets nobody see there.",
        Quarantined = "Waiting: {0} changes from {1} couldn't be applied and are in quarantine. Somebody must "
            + "look at them.",
        Retractions = "Waiting: {1} hasn't confirmed yet that {0} records are gone; {2} of them are overdue.",
        Partial = "Waiting: {0} records came back from {1} after a restore and may lack something. See "
            + "'exchange review partial list'.",
        Reviews = "To review: {0} findings about ID numbers. See 'exchange review identity list'.",
        Outage = "Announced: {0} is away from {1} to {2}: {3}",
        UpgradeBefore = "Upgrade {0} before {1}: from that day on {2} refuses it. It speaks sync protocol {3}, and "
            + "{4} is needed then.",
        OwnCertificateEnds = "The certificate of this node is good until {0} only: run exchange certificate roll.",
        CredentialEnds =
            "The credential {0} ends at {1}: give its system another with exchange access create.",
        CertificateEnds = "The certificate of {0} is good until {1} only: ask them to renew it.",
        LacksNextCertificate = "This node changes its certificate, and {0} hasn't got the next one yet.",
        UpgradeNow = "Upgrade {0} now: {2} refuses it since {1}. It speaks sync protocol {3}, and {4} is needed.",
        LastSuccess = "Last time both sides were current: {0}.",
        NeverSuccess = "Both sides have never been current so far.",
        Failed = "Failed {0} times, last at {1}: {2} Whose fault: {3}.",
        WhatToDo = "What to do: {0}",
        NextRun = "Next run: {0}.",
        TheyCall = "Next run: when {0} calls.",
        Refused = "the partner's machine answers, but its node isn't running.",
        OtherReason = "{0}.",
        Brackets = " ({0})",
        Comma = ", ",
        Faults = new Dictionary<FaultSide, string>
        {
            [FaultSide.Unspecified] = "nobody's, an outage was announced",
            [FaultSide.Ours] = "ours",
            [FaultSide.Theirs] = "the partner's",
            [FaultSide.Line] = "the line's",
            [FaultSide.Agreement] = "the agreement's",
        },
        Advice = new Dictionary<FaultSide, string>
        {
            [FaultSide.Ours] = "look into this node's log, and call whoever runs it.",
            [FaultSide.Theirs] = "call whoever runs the partner's node, and tell them the time and the reason.",
            [FaultSide.Line] = "nothing for now, it is tried again by itself. If it lasts longer than a day, have the "
                + "network between the two nodes checked.",
            [FaultSide.Agreement] = "put the same agreement in force on both nodes.",
        },
        Reasons = Reasons,
        Kinds = Kinds,
    };
}
