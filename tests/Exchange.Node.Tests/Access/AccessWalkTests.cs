using Exchange.Node.Hosting;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>
/// Every rpc of the contract, called over a real socket by every role and by everybody who may not call at all. What is
/// expected stands here in full, and not in the product's table.
/// </summary>
public sealed class AccessWalkTests : IAsyncLifetime
{
    /// <summary>Service, rpc, and the roles that may call it; "all" for whoever has a credential.</summary>
    private const string Expected =
        """
        RecordService        PutRecords              publisher desk
        RecordService        BatchPutRecords         publisher desk
        RecordService        UndoStream              publisher desk
        RecordService        GetRecord               reader publisher desk
        RecordService        ListRecords             reader publisher desk
        RecordService        WatchRecords            reader publisher desk
        VacancyService       PublishVacancies        publisher desk
        VacancyService       WatchVacancies          reader publisher desk
        VacancyService       GetVacancy              reader publisher desk
        VacancyService       ListVacancies           reader publisher desk
        PlacementService     RecordPlacementEvent    desk
        PlacementService     GetPlacement            reader publisher desk
        PlacementService     ListPlacements          reader publisher desk
        PlacementService     WatchPlacements         reader publisher desk
        SubjectService       ShowSubject             desk
        SubjectService       CorrectSubject          desk
        SubjectService       EraseSubject            desk
        SubjectService       RestrictSubject         desk
        SubjectService       LiftRestriction         desk
        SubjectService       GetErasure              desk auditor
        SubjectService       ListErasures            desk auditor
        QuarantineService    ListQuarantine          desk
        QuarantineService    RetryQuarantine         desk
        QuarantineService    DiscardQuarantined      desk
        ReviewService        ListPartialRecords      desk
        ReviewService        ConfirmPartialRecord    desk
        ReviewService        ListIdentityReviews     desk
        ReviewService        SettleIdentityReview    desk
        DisclosureService    WhoSaw                  desk auditor
        DisclosureService    ListDisclosures         desk auditor
        DisclosureService    TellHeld                partner
        PersonMatchService   MatchPersons            partner
        PersonMatchService   FindGivenPersons        desk
        DivisionService      FindDivision            all
        DivisionService      ListChildDivisions      all
        DispatchService      ReconcileBatch          reader publisher desk
        SubsidyService       ExplainEligibility      reader publisher desk
        SubsidyService       CheckPayments           reader publisher desk
        FigureService        ComputeReport           reader publisher desk
        FigureService        ListReportRecords       reader publisher desk
        FigureService        ReconcileFigures        reader publisher desk
        FigureService        GetCountyReport         reader publisher desk
        FigureService        CheckTargets            reader publisher desk
        FigureService        CountHouseholds         reader publisher desk
        FigureService        ListHouseholdsWithout   reader publisher desk
        FigureService        PublishReport           publisher desk
        FigureService        GetPublishedReport      reader publisher desk
        MatchingService      MatchVacancy            reader publisher desk
        MatchingService      MatchWorker             reader publisher desk
        MatchingService      CompareLabour           reader publisher desk
        MessageService       RenderDigest            publisher desk
        MessageService       CollectOutbox           reader publisher desk
        MessageService       SettleMessage           publisher desk
        MessageService       TakeReply               desk
        MessageService       RouteVacancy            publisher desk
        MessageService       ListDueContacts         reader publisher desk
        PublicService        ListOpenVacancies       open
        ReportService        ListReceipts            auditor admin
        ReportService        VerifyReceipts          auditor admin
        ReportService        GetMorningReport        auditor admin
        NodeService          GetNode                 all
        NodeService          GetStatus               desk auditor admin
        NodeService          ListPeers               desk auditor admin
        NodeService          SyncNow                 admin
        OutageService        ListOutages             desk auditor admin
        OutageService        AnnounceOutage          admin
        OutageService        CancelOutage            admin
        KeyService           GetKeyStatus            desk auditor admin
        KeyService           RotateKeys              admin
        BundleService        ExportBundle            admin
        BundleService        ImportBundle            admin
        AccessService        CreateCredential        admin
        AccessService        ListCredentials         admin
        AccessService        RevokeCredential        admin
        AuditService         QueryAudit              auditor
        AuditService         VerifyAudit             auditor
        PeerService          GetPeerCard             all
        PeerService          AddPeer                 admin
        PeerService          ListPeerCertificates    desk auditor admin
        PeerService          RemovePeerCertificates  admin
        PeerService          GetCertificate          desk auditor admin
        PeerService          RollCertificate         admin
        AgreementService     ProposeAgreement        admin
        AgreementService     AcceptAgreement         admin
        AgreementService     GetAgreement            auditor admin
        AgreementService     ListAgreements          auditor admin
        AgreementService     EndAgreement            admin
        AgreementService     WithdrawAgreement       admin
        AgreementService     TakeOverRecords         admin
        AgreementService     SendAgreement           admin
        AgreementService     OfferAgreement          partner
        SyncService          Sync                    partner
        Health               Check                   open
        Health               Watch                   open
        ServerReflection     ServerReflectionInfo    all
        """;

    private static readonly Dictionary<string, string[]> Rows = Expected.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(words => $"{words[0]}/{words[1]}", words => words[2..]);

    private static readonly Role[] Roles = [Role.Reader, Role.Publisher, Role.Desk, Role.Auditor, Role.Admin];

    private readonly ManualTime _time = new();

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync("dongguan", _time);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public void Every_rpc_stands_here_once() =>
        Assert.Equal(Methods().Select(NameOf).Order(), Rows.Keys.Order());

    [Theory]
    [InlineData(Role.Reader)]
    [InlineData(Role.Publisher)]
    [InlineData(Role.Desk)]
    [InlineData(Role.Auditor)]
    [InlineData(Role.Admin)]
    public async Task A_role_calls_what_it_may_and_nothing_else(Role role)
    {
        var calls = _node.As(await MakeAsync("caller", role));
        var name = role.ToString().ToLowerInvariant();

        foreach (var method in Methods().Where(method => !Is(method, "partner")))
        {
            var reason = await CallAsync(calls, method);

            var may = Is(method, "all") || Is(method, "open") || Is(method, name);
            Assert.True(
                may ? reason is not ("PERMISSION_MISSING" or "CREDENTIALS_MISSING" or "CREDENTIALS_INVALID")
                    : reason == "PERMISSION_MISSING",
                $"{NameOf(method)} by {name} ended with '{reason}'.");
        }
    }

    [Fact]
    public async Task Nobody_calls_anything_but_health_and_the_public_listing()
    {
        foreach (var method in Methods().Where(method => !Is(method, "partner")))
        {
            var reason = await CallAsync(_node.Nobody, method);

            Assert.True(
                Is(method, "open") ? !reason.StartsWith("CREDENTIALS", StringComparison.Ordinal)
                    : reason == "CREDENTIALS_MISSING",
                $"{NameOf(method)} by nobody ended with '{reason}'.");
        }
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("expired")]
    [InlineData("revoked")]
    public async Task Nothing_is_answered_to_a_credential_that_isnt_good(string fault)
    {
        _node = await _node.RestartAsync(data => File.WriteAllText(
            data.ConfigFile,
            File.ReadAllText(data.ConfigFile).Replace(
                "\"Store\": {", "\"Access\": { \"FailedLoginsPerMinute\": 100000 },\n\"Store\": {", StringComparison.Ordinal)));
        var token = await EndedAsync(fault);

        foreach (var method in Methods().Where(method => !Is(method, "partner") && !Is(method, "open")))
        {
            Assert.Equal((NameOf(method), "CREDENTIALS_INVALID"), (NameOf(method), await CallAsync(_node.As(token), method)));
        }
    }

    private static bool Is(MethodDescriptor method, string word) => Rows[NameOf(method)].Contains(word);

    private static string NameOf(MethodDescriptor method) => $"{method.Service.Name}/{method.Name}";

    private static IEnumerable<MethodDescriptor> Methods() =>
        NodeContract.Files.SelectMany(file => file.Services).SelectMany(service => service.Methods);

    /// <summary>Sends an empty message; returns the reason of the failure, or nothing when there is an answer.</summary>
    private static async Task<string> CallAsync(CallInvoker calls, MethodDescriptor method)
    {
        var type = (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) => MethodType.Unary,
            (true, false) => MethodType.ClientStreaming,
            (false, true) => MethodType.ServerStreaming,
            _ => MethodType.DuplexStreaming,
        };
        var bytes = new Marshaller<byte[]>(value => value, value => value);
        var call = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, bytes, bytes);
        try
        {
            await RunAsync(calls, call);
            return "";
        }
        catch (RpcException error)
        {
            return error.Reason()["ERROR_REASON_".Length..];
        }
    }

    private static async Task RunAsync(CallInvoker calls, Method<byte[], byte[]> method)
    {
        switch (method.Type)
        {
            case MethodType.Unary:
                await calls.AsyncUnaryCall(method, null, default, []);
                return;
            case MethodType.ServerStreaming:
                using (var watch = calls.AsyncServerStreamingCall(method, null, default, []))
                {
                    await watch.ResponseStream.MoveNext(CancellationToken.None);
                }

                return;
            case MethodType.ClientStreaming:
                using (var sending = calls.AsyncClientStreamingCall(method, null, default))
                {
                    await sending.RequestStream.CompleteAsync();
                    await sending.ResponseAsync;
                }

                return;
            default:
                using (var both = calls.AsyncDuplexStreamingCall(method, null, default))
                {
                    await both.RequestStream.CompleteAsync();
                    await both.ResponseStream.MoveNext(CancellationToken.None);
                }

                return;
        }
    }

    private async Task<string> EndedAsync(string fault)
    {
        if (fault == "unknown")
        {
            return "exchange_nobody-has-this";
        }

        var token = await MakeAsync("ended", Roles);
        if (fault == "revoked")
        {
            await _node.Access.RevokeCredentialAsync(new RevokeCredentialRequest { Name = "ended" });
        }
        else
        {
            _time.SetUtcNow(_time.GetUtcNow().AddHours(1));
        }

        return token;
    }

    private async Task<string> MakeAsync(string name, params Role[] roles) =>
        (await _node.Access.CreateCredentialAsync(new CreateCredentialRequest
        {
            Credential = new Credential
            {
                Name = name,
                Roles = { roles },
                ExpireTime = _time.GetUtcNow().AddHours(1).ToTimestamp(),
            },
        })).Token;
}
