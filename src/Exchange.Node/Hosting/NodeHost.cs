using System.IO.Compression;
using System.Net;
using Exchange.Node.Access;
using Exchange.Node.Agreements;
using Exchange.Node.Audit;
using Exchange.Node.Bundles;
using Exchange.Node.Cooperation;
using Exchange.Node.Dispatch;
using Exchange.Node.Disclosures;
using Exchange.Node.Errors;
using Exchange.Node.Figures;
using Exchange.Node.Health;
using Exchange.Node.JsonDoor;
using Exchange.Node.Matching;
using Exchange.Node.Messages;
using Exchange.Node.Money;
using Exchange.Node.Outages;
using Exchange.Node.PersonMatching;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Node.Reports;
using Exchange.Node.Reviews;
using Exchange.Node.Subjects;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Node.Vacancies;
using Exchange.Node.Watching;
using Exchange.Store;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Serilog;

namespace Exchange.Node.Hosting;

/// <summary>Puts a node together from its data directory.</summary>
internal static class NodeHost
{
    // Far beyond what nodes and systems of a region have; each costs some memory before anybody is known.
    private const int MaxConnections = 5_000;

    /// <summary>Opens the store and builds the node; nothing is served before it is started.</summary>
    /// <param name="data">Where it lives.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="protocol">The versions of sync that it speaks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="also">What a test puts in the place of services; null for a node as it is.</param>
    /// <exception cref="OptionsValidationException">The configuration is wrong; every error is named.</exception>
    /// <exception cref="StoreOpenException">The store can't be opened.</exception>
    public static async Task<WebApplication> BuildAsync(
        DataDirectory data,
        TimeProvider time,
        ProtocolVersions protocol,
        CancellationToken cancellationToken,
        Action<IServiceCollection>? also = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddJsonFile(data.ConfigFile, optional: false, reloadOnChange: false);
        builder.Configuration.AddEnvironmentVariables("EXCHANGE_");
        builder.Services.AddSingleton(data);
        builder.Services.AddSingleton(time);
        AddOptions(builder.Services);
        var settings = ReadSettings(builder.Services, builder.Configuration);

        var keys = NodeKeys.Load(data.Keys);
        var identity = new NodeIdentity(
            settings.Node.Id,
            settings.Node.Name.Length > 0 ? settings.Node.Name : settings.Node.Id,
            settings.Node.TestNode);
        var (store, dataKeys) = await OpenStoreAsync(data, keys, identity, settings.Store, time, cancellationToken);

        builder.Logging.AddSerilog(NodeLog.Open(data, settings.Log), dispose: true);
        AddServices(builder.Services, keys, identity, store);
        builder.Services.AddSingleton(dataKeys);
        builder.Services.AddSingleton(protocol);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, settings.Listen));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Listen.StopTimeout);
        also?.Invoke(builder.Services);

        var app = builder.Build();
        app.Use(FrameworkErrors.AddDetailsAsync);
        app.UseCrossOrigins();
        app.UseRouting();
        app.UseAccess();
        app.RequirePermissions(MapServices(app));
        app.MapJsonDoor();
        return app;
    }

    private static async Task<(SealingStore Store, DataKeys Keys)> OpenStoreAsync(
        DataDirectory data,
        NodeKeys keys,
        NodeIdentity identity,
        StoreSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var database = await RecordStores.OpenAsync(
            new StoreOptions(data.Store, identity.Id, settings.Engine) { Seal = new AuditSealer(time).Seal },
            time,
            cancellationToken);
        try
        {
            var keyStore = await KeyStores.OpenAsync(data.Keys, identity.Id, database, time, cancellationToken);
            var dataKeys = new DataKeys(keyStore, keys);
            return (new SealingStore(database, dataKeys), dataKeys);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private static void AddOptions(IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<NodeOptions>, NodeOptionsValidator>();
        services.AddSingleton<IValidateOptions<ListenOptions>, ListenOptionsValidator>();
        services.AddSingleton<IValidateOptions<ListenOptions>, OwnKeysValidator>();
        services.AddSingleton<IValidateOptions<StoreSettings>, StoreSettingsValidator>();
        services.AddSingleton<IValidateOptions<LogOptions>, LogOptionsValidator>();
        services.AddOptions<NodeOptions>().BindConfiguration(NodeOptions.Section).ValidateOnStart();
        services.AddOptions<ListenOptions>().BindConfiguration(ListenOptions.Section).ValidateOnStart();
        services.AddOptions<StoreSettings>().BindConfiguration(StoreSettings.Section).ValidateOnStart();
        services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section).ValidateOnStart();
        services.AddSyncOptions();
        services.AddAccessOptions();
        services.AddSubjectOptions();
    }

    // Read before the host is built, because the store and the listener depend on them; all sections fail together.
    private static Settings ReadSettings(IServiceCollection services, IConfiguration configuration)
    {
        var copy = new ServiceCollection();
        foreach (var service in services)
        {
            ((ICollection<ServiceDescriptor>)copy).Add(service);
        }

        copy.AddSingleton(configuration);
        using var provider = copy.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        return new Settings(
            provider.GetRequiredService<IOptions<NodeOptions>>().Value,
            provider.GetRequiredService<IOptions<ListenOptions>>().Value,
            provider.GetRequiredService<IOptions<StoreSettings>>().Value,
            provider.GetRequiredService<IOptions<LogOptions>>().Value);
    }

    private static void AddServices(
        IServiceCollection services, NodeKeys keys, NodeIdentity identity, SealingStore store)
    {
        services.AddTls();
        services.AddSingleton(identity);
        services.AddSingleton(_ => keys);
        services.AddSingleton<IPersonTokens>(keys);
        services.AddSingleton(store);
        services.AddAudit(store);
        services.AddSingleton<RecordKinds>();
        services.AddSingleton<RecordCodec>();
        services.AddSingleton<MaskedCopies>();
        services.AddSingleton<RecordReferences>();
        services.AddSingleton<RecordResolver>();
        services.AddSingleton<RecordWriter>();
        services.AddSingleton<ItemNames>();
        services.AddSingleton<PutStream>();
        services.AddSingleton<RecordBatch>();
        services.AddSingleton<StreamUndo>();
        services.AddSingleton<PlacementReader>();
        services.AddSingleton<ReferralQuotas>();
        services.AddSingleton<PlacementFlags>();
        services.AddSubjects();
        services.AddDisclosures();
        services.AddPersonMatching();
        services.AddSingleton<NodeHealth>();
        services.AddSingleton<NodeStart>();
        services.AddSingleton<NodeLifetime>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeLifetime>());
        services.AddSingleton<FeedTail>();
        services.AddHostedService(provider => provider.GetRequiredService<FeedTail>());
        services.AddSingleton<FeedWatcher>();
        services.AddSingleton<WatchStream>();
        services.AddHostedService<Housekeeping>();
        services.AddSyncFlows();
        services.AddSync();
        services.AddBundles();
        services.AddSingleton<PartialRecords>();
        services.AddSingleton<IdentityReviews>();
        services.AddHostedService<IdentityReviewer>();
        services.AddSingleton<MorningReports>();
        services.AddCooperation();
        services.AddFigures();
        services.AddMatching();
        services.AddMessages();
        services.AddAccess();
        services.AddRoutingCore();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MessageSizes.MaxBytes;
            grpc.CompressionProviders =
            [
                new BoundedCompression(new GzipCompressionProvider(CompressionLevel.Fastest)),
                new BoundedCompression(new DeflateCompressionProvider(CompressionLevel.Fastest)),
            ];
            grpc.Interceptors.Add<ErrorInterceptor>();
            grpc.Interceptors.Add<AuditInterceptor>();
        });
    }

    private static GrpcServiceEndpointConventionBuilder[] MapServices(WebApplication app) =>
    [
        app.MapGrpcService<RecordService>(),
        app.MapGrpcService<VacancyService>(),
        app.MapGrpcService<PlacementService>(),
        app.MapGrpcService<SubjectService>(),
        app.MapGrpcService<DisclosureService>(),
        app.MapGrpcService<PersonMatchService>(),
        app.MapGrpcService<AuditService>(),
        app.MapGrpcService<SyncServiceHandler>(),
        app.MapGrpcService<AgreementService>(),
        app.MapGrpcService<QuarantineService>(),
        app.MapGrpcService<OutageService>(),
        app.MapGrpcService<ReviewService>(),
        app.MapGrpcService<ReportService>(),
        app.MapGrpcService<KeyService>(),
        app.MapGrpcService<FigureService>(),
        app.MapGrpcService<MatchingService>(),
        app.MapGrpcService<MessageService>(),
        app.MapGrpcService<PublicService>(),
        app.MapGrpcService<BundleService>(),
        app.MapGrpcService<DivisionService>(),
        app.MapGrpcService<DispatchService>(),
        app.MapGrpcService<SubsidyService>(),
        app.MapGrpcService<AccessService>(),
        app.MapGrpcService<NodeService>(),
        app.MapGrpcService<Trust.PeerService>(),
        app.MapGrpcService<HealthService>(),
        app.MapGrpcService<ReflectionService>(),
    ];

    private static void Listen(KestrelServerOptions kestrel, ListenOptions options)
    {
        var address = new Uri(options.Address);
        var ip = address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(address.Host.Trim('[', ']'));
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Listen(ip, address.Port, listen =>
        {
            listen.Use(kestrel.ApplicationServices.GetRequiredService<ConnectionLimit>().Around);
            var isSecure = address.Scheme == Uri.UriSchemeHttps;

            // Without TLS nothing tells the two apart.
            listen.Protocols = isSecure ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http2;
            if (isSecure)
            {
                var identity = kestrel.ApplicationServices.GetRequiredService<TlsIdentity>();
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(TlsSettings.Server(identity.Present)),
                });
            }
        });
    }

    private sealed record Settings(NodeOptions Node, ListenOptions Listen, StoreSettings Store, LogOptions Log);
}
