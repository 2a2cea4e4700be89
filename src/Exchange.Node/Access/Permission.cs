namespace Exchange.Node.Access;

/// <summary>
/// What an rpc needs its caller to be allowed. <see cref="PermissionTable"/> says which rpc needs which.
/// </summary>
internal enum Permission
{
    /// <summary>Nothing: whoever reaches the port may call.</summary>
    Open,

    /// <summary>To be somebody: any credential will do.</summary>
    Known,

    /// <summary>To be a partner's node, which <see cref="Sync.Callers"/> asks; no role gives it.</summary>
    Partner,

    ReadRecords,

    /// <summary>Sees personal data in the clear, for a purpose; asked beside the rpc's own permission.</summary>
    Unmask,

    WriteRecords,

    PublishVacancies,

    ReadPlacements,

    WritePlacements,

    /// <summary>Quarantine and reviews: what waits for a person to look at.</summary>
    Desk,

    /// <summary>Erases, restricts and lifts at a person's request.</summary>
    SubjectRights,

    ReadErasures,

    ReadDisclosures,

    /// <summary>The audit chain.</summary>
    ReadAudit,

    /// <summary>Receipts and the morning's report.</summary>
    ReadReports,

    /// <summary>How the node and its sessions are, and announced outages.</summary>
    ReadStatus,

    ReadAgreements,

    WriteAgreements,

    /// <summary>Starts sessions, and gives and takes what goes to partners without a line.</summary>
    RunSync,

    AnnounceOutages,

    /// <summary>Makes, lists and revokes credentials.</summary>
    ManageAccess,

    /// <summary>Renews the keys that personal records are sealed under.</summary>
    RotateKeys,
}
