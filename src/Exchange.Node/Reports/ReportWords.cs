using Exchange.V1;

namespace Exchange.Node.Reports;

/// <summary>The words of a report in one language; {0} and so on stand for what varies.</summary>
internal sealed record ReportWords
{
    public required string Title { get; init; }

    public required string NoPartners { get; init; }

    public required string Well { get; init; }

    public required string Attention { get; init; }

    public required string Moved { get; init; }

    public required string Sessions { get; init; }

    public required string NoSessions { get; init; }

    public required string DigestsAgree { get; init; }

    public required string DigestsDiffer { get; init; }

    public required string ReceiptSigned { get; init; }

    public required string ReceiptOwed { get; init; }

    public required string Withheld { get; init; }

    public required string Quarantined { get; init; }

    public required string Retractions { get; init; }

    public required string Partial { get; init; }

    public required string Reviews { get; init; }

    public required string Outage { get; init; }

    public required string UpgradeBefore { get; init; }

    public required string UpgradeNow { get; init; }

    public required string OwnCertificateEnds { get; init; }

    public required string CertificateEnds { get; init; }

    public required string CredentialEnds { get; init; }

    public required string LacksNextCertificate { get; init; }

    public required string LastSuccess { get; init; }

    public required string NeverSuccess { get; init; }

    public required string Failed { get; init; }

    public required string WhatToDo { get; init; }

    public required string NextRun { get; init; }

    public required string TheyCall { get; init; }

    public required string Refused { get; init; }

    public required string OtherReason { get; init; }

    /// <summary>Around a list of kinds.</summary>
    public required string Brackets { get; init; }

    /// <summary>Between two kinds.</summary>
    public required string Comma { get; init; }

    /// <summary>Whose fault it was; nobody's when it was announced.</summary>
    public required IReadOnlyDictionary<FaultSide, string> Faults { get; init; }

    /// <summary>What to do, when the reason has no words of its own.</summary>
    public required IReadOnlyDictionary<FaultSide, string> Advice { get; init; }

    /// <summary>What happened, and what to do about it; empty for what the fault says.</summary>
    public required IReadOnlyDictionary<ErrorReason, (string What, string Advice)> Reasons { get; init; }

    /// <summary>Names of kinds; others keep their own.</summary>
    public required IReadOnlyDictionary<string, string> Kinds { get; init; }

    /// <summary>The report in English.</summary>
    public static ReportWords English { get; } = ReportWordsEnglish.Create();

    /// <summary>The report in Chinese.</summary>
    public static ReportWords Chinese { get; } = ReportWordsChinese.Create();
}
