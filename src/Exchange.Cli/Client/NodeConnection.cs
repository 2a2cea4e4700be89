using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Trust;
using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Exchange.Cli.Client;

/// <summary>The services of one node.</summary>
internal sealed class NodeConnection : IDisposable
{
    // Notices within half a minute that the other machine is gone, also while a stream is silent.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private readonly IDisposable? _channel;

    public NodeConnection(NodeAddress address, CallInvoker invoker, IDisposable? channel = null)
    {
        _channel = channel;
        Address = address;
        Nodes = new NodeService.NodeServiceClient(invoker);
        Records = new RecordService.RecordServiceClient(invoker);
        Vacancies = new VacancyService.VacancyServiceClient(invoker);
        Placements = new PlacementService.PlacementServiceClient(invoker);
        Quarantine = new QuarantineService.QuarantineServiceClient(invoker);
        Outages = new OutageService.OutageServiceClient(invoker);
        Reviews = new ReviewService.ReviewServiceClient(invoker);
        Subjects = new SubjectService.SubjectServiceClient(invoker);
        Disclosures = new DisclosureService.DisclosureServiceClient(invoker);
        PersonMatches = new PersonMatchService.PersonMatchServiceClient(invoker);
        Agreements = new AgreementService.AgreementServiceClient(invoker);
        Reports = new ReportService.ReportServiceClient(invoker);
        Keys = new V1.KeyService.KeyServiceClient(invoker);
        Figures = new FigureService.FigureServiceClient(invoker);
        Matching = new MatchingService.MatchingServiceClient(invoker);
        Messages = new MessageService.MessageServiceClient(invoker);
        Bundles = new BundleService.BundleServiceClient(invoker);
        Access = new AccessService.AccessServiceClient(invoker);
        Audit = new AuditService.AuditServiceClient(invoker);
        Peers = new V1.PeerService.PeerServiceClient(invoker);
        Health = new Health.HealthClient(invoker);
    }

    public NodeAddress Address { get; }

    public NodeService.NodeServiceClient Nodes { get; }

    public RecordService.RecordServiceClient Records { get; }

    public VacancyService.VacancyServiceClient Vacancies { get; }

    public PlacementService.PlacementServiceClient Placements { get; }

    public MatchingService.MatchingServiceClient Matching { get; }

    public MessageService.MessageServiceClient Messages { get; }

    public QuarantineService.QuarantineServiceClient Quarantine { get; }

    public OutageService.OutageServiceClient Outages { get; }

    public ReviewService.ReviewServiceClient Reviews { get; }

    public SubjectService.SubjectServiceClient Subjects { get; }

    public DisclosureService.DisclosureServiceClient Disclosures { get; }

    public PersonMatchService.PersonMatchServiceClient PersonMatches { get; }

    public AgreementService.AgreementServiceClient Agreements { get; }

    public ReportService.ReportServiceClient Reports { get; }

    public V1.KeyService.KeyServiceClient Keys { get; }

    public FigureService.FigureServiceClient Figures { get; }

    public BundleService.BundleServiceClient Bundles { get; }

    public AccessService.AccessServiceClient Access { get; }

    public AuditService.AuditServiceClient Audit { get; }

    public V1.PeerService.PeerServiceClient Peers { get; }

    public Health.HealthClient Health { get; }

    /// <summary>Prepares calls over HTTP/2; nothing is sent yet.</summary>
    public static NodeConnection Open(NodeAddress address)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = KeepAlive,
            KeepAlivePingTimeout = KeepAlive,
            // A proxy between a clerk's machine and a node on the same machine would only be in the way.
            UseProxy = !address.Uri.IsLoopback,
        };
        if (address.Certificate is { } file)
        {
            handler.SslOptions = TlsSettings.Client(null, shown => IsIn(file, shown));
        }

        var options = new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true };
        var channel = GrpcChannel.ForAddress(address.Uri, options);
        var calls = channel.Intercept(headers => WithToken(headers, address.Token())).Intercept(new UnaryDeadlines());
        return new NodeConnection(address, calls, channel);
    }

    private static Metadata WithToken(Metadata headers, string? token)
    {
        if (token is not null)
        {
            headers.Add("authorization", $"Bearer {token}");
        }

        return headers;
    }

    public void Dispose() => _channel?.Dispose();

    private static bool IsIn(string file, X509Certificate2 shown)
    {
        try
        {
            using var expected = X509Certificate2.CreateFromPem(File.ReadAllText(file));
            return expected.RawDataMemory.Span.SequenceEqual(shown.RawDataMemory.Span);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or CryptographicException)
        {
            // The command tells which file it was that didn't hold what the node shows.
            return false;
        }
    }
}
