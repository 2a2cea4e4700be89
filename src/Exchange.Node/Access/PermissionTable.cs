using Exchange.Node.Hosting;
using Google.Protobuf.Reflection;
using static Exchange.Node.Access.Permission;

namespace Exchange.Node.Access;

/// <summary>
/// Every rpc and the permission that it needs. An rpc that isn't here keeps the node from starting, so that none is
/// ever served because somebody forgot it.
/// </summary>
internal static class PermissionTable
{
    /// <summary>Rows by the path of the call, such as <c>/exchange.v1.RecordService/GetRecord</c>.</summary>
    public static IReadOnlyDictionary<string, Permission> Rows { get; } = new Dictionary<string, Permission>
    {
        ["/exchange.v1.RecordService/PutRecords"] = WriteRecords,
        ["/exchange.v1.RecordService/BatchPutRecords"] = WriteRecords,
        ["/exchange.v1.RecordService/UndoStream"] = WriteRecords,
        ["/exchange.v1.RecordService/GetRecord"] = ReadRecords,
        ["/exchange.v1.RecordService/ListRecords"] = ReadRecords,
        ["/exchange.v1.RecordService/WatchRecords"] = ReadRecords,
        ["/exchange.v1.VacancyService/PublishVacancies"] = PublishVacancies,
        ["/exchange.v1.VacancyService/WatchVacancies"] = ReadRecords,
        ["/exchange.v1.VacancyService/GetVacancy"] = ReadRecords,
        ["/exchange.v1.VacancyService/ListVacancies"] = ReadRecords,
        ["/exchange.v1.PlacementService/RecordPlacementEvent"] = WritePlacements,
        ["/exchange.v1.PlacementService/GetPlacement"] = ReadPlacements,
        ["/exchange.v1.PlacementService/ListPlacements"] = ReadPlacements,
        ["/exchange.v1.PlacementService/WatchPlacements"] = ReadPlacements,
        ["/exchange.v1.DivisionService/FindDivision"] = Known,
        ["/exchange.v1.DivisionService/ListChildDivisions"] = Known,
        ["/exchange.v1.DispatchService/ReconcileBatch"] = ReadPlacements,
        ["/exchange.v1.SubsidyService/ExplainEligibility"] = ReadPlacements,
        ["/exchange.v1.SubsidyService/CheckPayments"] = ReadRecords,
        ["/exchange.v1.SubjectService/ShowSubject"] = SubjectRights,
        ["/exchange.v1.SubjectService/CorrectSubject"] = SubjectRights,
        ["/exchange.v1.SubjectService/EraseSubject"] = SubjectRights,
        ["/exchange.v1.SubjectService/RestrictSubject"] = SubjectRights,
        ["/exchange.v1.SubjectService/LiftRestriction"] = SubjectRights,
        ["/exchange.v1.SubjectService/GetErasure"] = ReadErasures,
        ["/exchange.v1.SubjectService/ListErasures"] = ReadErasures,
        ["/exchange.v1.QuarantineService/ListQuarantine"] = Desk,
        ["/exchange.v1.QuarantineService/RetryQuarantine"] = Desk,
        ["/exchange.v1.QuarantineService/DiscardQuarantined"] = Desk,
        ["/exchange.v1.ReviewService/ListPartialRecords"] = Desk,
        ["/exchange.v1.ReviewService/ConfirmPartialRecord"] = Desk,
        ["/exchange.v1.ReviewService/ListIdentityReviews"] = Desk,
        ["/exchange.v1.ReviewService/SettleIdentityReview"] = Desk,
        ["/exchange.v1.PersonMatchService/MatchPersons"] = Partner,
        ["/exchange.v1.PersonMatchService/FindGivenPersons"] = Unmask,
        ["/exchange.v1.DisclosureService/WhoSaw"] = ReadDisclosures,
        ["/exchange.v1.DisclosureService/ListDisclosures"] = ReadDisclosures,
        ["/exchange.v1.DisclosureService/TellHeld"] = Partner,
        ["/exchange.v1.AuditService/QueryAudit"] = ReadAudit,
        ["/exchange.v1.AuditService/VerifyAudit"] = ReadAudit,
        ["/exchange.v1.FigureService/ComputeReport"] = ReadRecords,
        ["/exchange.v1.FigureService/ListReportRecords"] = ReadRecords,
        ["/exchange.v1.FigureService/ReconcileFigures"] = ReadRecords,
        ["/exchange.v1.FigureService/GetCountyReport"] = ReadRecords,
        ["/exchange.v1.FigureService/CheckTargets"] = ReadRecords,
        ["/exchange.v1.FigureService/CountHouseholds"] = ReadRecords,
        ["/exchange.v1.FigureService/ListHouseholdsWithout"] = ReadRecords,
        ["/exchange.v1.FigureService/PublishReport"] = WriteRecords,
        ["/exchange.v1.FigureService/GetPublishedReport"] = ReadRecords,
        ["/exchange.v1.MatchingService/MatchVacancy"] = ReadRecords,
        ["/exchange.v1.MatchingService/MatchWorker"] = ReadRecords,
        ["/exchange.v1.MatchingService/CompareLabour"] = ReadRecords,
        ["/exchange.v1.MessageService/RenderDigest"] = WriteRecords,
        ["/exchange.v1.MessageService/CollectOutbox"] = ReadRecords,
        ["/exchange.v1.MessageService/SettleMessage"] = WriteRecords,
        ["/exchange.v1.MessageService/TakeReply"] = WritePlacements,
        ["/exchange.v1.MessageService/RouteVacancy"] = WriteRecords,
        ["/exchange.v1.MessageService/ListDueContacts"] = ReadRecords,
        ["/exchange.v1.PublicService/ListOpenVacancies"] = Open,
        ["/exchange.v1.ReportService/ListReceipts"] = ReadReports,
        ["/exchange.v1.ReportService/VerifyReceipts"] = ReadReports,
        ["/exchange.v1.ReportService/GetMorningReport"] = ReadReports,
        ["/exchange.v1.NodeService/GetNode"] = Known,
        ["/exchange.v1.NodeService/GetStatus"] = ReadStatus,
        ["/exchange.v1.NodeService/ListPeers"] = ReadStatus,
        ["/exchange.v1.NodeService/SyncNow"] = RunSync,
        ["/exchange.v1.PeerService/GetPeerCard"] = Known,
        ["/exchange.v1.PeerService/AddPeer"] = WriteAgreements,
        ["/exchange.v1.PeerService/ListPeerCertificates"] = ReadStatus,
        ["/exchange.v1.PeerService/RemovePeerCertificates"] = WriteAgreements,
        ["/exchange.v1.PeerService/GetCertificate"] = ReadStatus,
        ["/exchange.v1.PeerService/RollCertificate"] = WriteAgreements,
        ["/exchange.v1.OutageService/ListOutages"] = ReadStatus,
        ["/exchange.v1.OutageService/AnnounceOutage"] = AnnounceOutages,
        ["/exchange.v1.OutageService/CancelOutage"] = AnnounceOutages,
        ["/exchange.v1.KeyService/GetKeyStatus"] = ReadStatus,
        ["/exchange.v1.KeyService/RotateKeys"] = RotateKeys,
        ["/exchange.v1.BundleService/ExportBundle"] = RunSync,
        ["/exchange.v1.BundleService/ImportBundle"] = RunSync,
        ["/exchange.v1.AccessService/CreateCredential"] = ManageAccess,
        ["/exchange.v1.AccessService/ListCredentials"] = ManageAccess,
        ["/exchange.v1.AccessService/RevokeCredential"] = ManageAccess,
        ["/exchange.v1.AgreementService/ProposeAgreement"] = WriteAgreements,
        ["/exchange.v1.AgreementService/AcceptAgreement"] = WriteAgreements,
        ["/exchange.v1.AgreementService/GetAgreement"] = ReadAgreements,
        ["/exchange.v1.AgreementService/ListAgreements"] = ReadAgreements,
        ["/exchange.v1.AgreementService/EndAgreement"] = WriteAgreements,
        ["/exchange.v1.AgreementService/WithdrawAgreement"] = WriteAgreements,
        ["/exchange.v1.AgreementService/TakeOverRecords"] = WriteAgreements,
        ["/exchange.v1.AgreementService/SendAgreement"] = WriteAgreements,
        ["/exchange.v1.AgreementService/OfferAgreement"] = Partner,
        ["/exchange.v1.SyncService/Sync"] = Partner,
        ["/grpc.health.v1.Health/Check"] = Open,
        ["/grpc.health.v1.Health/Watch"] = Open,
        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = Known,
    };

    /// <summary>The path by which gRPC calls a method.</summary>
    public static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    /// <summary>Whether everybody may call what is at a path.</summary>
    public static bool IsOpen(string path) => Rows.TryGetValue(path, out var permission) && permission is Open;

    /// <summary>Whether what is at a path is for partners' nodes.</summary>
    public static bool IsForPartners(string path) =>
        Rows.TryGetValue(path, out var permission) && permission is Partner;

    /// <summary>
    /// What is called, such as <c>exchange.v1.RecordService/GetRecord</c>; empty for any other path, which is whatever
    /// somebody typed, who may have typed a name or a number.
    /// </summary>
    public static string RpcOf(string path) => Rows.ContainsKey(path) ? path.TrimStart('/') : "";

    /// <summary>Compares the rows with the contract and with what the node is about to serve.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="served">The paths of what is served.</param>
    /// <exception cref="InvalidOperationException">
    /// An rpc without a row, a row without an rpc, or an rpc that is served and isn't in the contract.
    /// </exception>
    public static void Check(IReadOnlyDictionary<string, Permission> rows, IReadOnlyCollection<string> served)
    {
        var declared = NodeContract.Files
            .SelectMany(file => file.Services).SelectMany(service => service.Methods).Select(PathOf).ToHashSet();
        var faults = declared.Union(served).Except(rows.Keys).Select(path => $"{path} has no permission.")
            .Concat(rows.Keys.Except(declared).Select(path => $"{path} has a permission, but no service declares it."))
            .Concat(served.Except(declared).Select(path => $"{path} is served, but NodeContract doesn't know it."))
            .ToList();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException(
                $"The node can't tell who may call what: {string.Join(' ', faults.Order(StringComparer.Ordinal))}");
        }
    }
}
