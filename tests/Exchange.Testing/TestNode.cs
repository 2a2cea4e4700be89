using System.Net.Http.Headers;
using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using DataDirectory = Exchange.Node.Hosting.DataDirectory;

namespace Exchange.Testing;

/// <summary>A whole node in this process: real socket, real files, a test node's rules.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private TestNode(TemporaryDirectory directory, WebApplication app, Uri address)
    {
        _directory = directory;
        _app = app;
        Address = address;
        _channel = OpenChannel();
        Nobody = _channel.Intercept(new PatientClient());
        Channel = As(RunToken).Intercept(new UnmaskingClient());
    }

    public Uri Address { get; }

    /// <summary>Calls as whoever runs the node, who sees personal data in the clear.</summary>
    public CallInvoker Channel { get; }

    /// <summary>Calls without any credential, as a partner's node makes them, or a stranger.</summary>
    public CallInvoker Nobody { get; }

    /// <summary>The token of whoever runs the node, until it is restarted.</summary>
    public string RunToken => Services.GetRequiredService<RunToken>().Text;

    /// <summary>Another connection to it, which the caller disposes of.</summary>
    public GrpcChannel OpenChannel() => GrpcChannel.ForAddress(
        Address, new GrpcChannelOptions { HttpHandler = NewHandler(), DisposeHttpClient = true });

    /// <summary>A connection on which a partner's certificate is shown, which the caller disposes of.</summary>
    public GrpcChannel OpenChannelOf(string partner)
    {
        var handler = NewHandler();
        handler.SslOptions.ClientCertificateContext = TestCertificates.Of(partner).Context();
        return GrpcChannel.ForAddress(
            Address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }

    /// <summary>What sends requests to it and accepts no other certificate than its own.</summary>
    public SocketsHttpHandler NewHandler() => new()
    {
        SslOptions = TlsSettings.Client(null, shown => TlsCertificate.HashOf(shown).SequenceEqual(
            Services.GetRequiredService<TlsIdentity>().Present.KeyHash)),
    };

    public IServiceProvider Services => _app.Services;

    public V1.RecordService.RecordServiceClient Records => new(Channel);

    public V1.VacancyService.VacancyServiceClient Vacancies => new(Channel);

    public V1.PlacementService.PlacementServiceClient Placements => new(Channel);

    public V1.NodeService.NodeServiceClient Node => new(Channel);

    public V1.AgreementService.AgreementServiceClient Agreements => new(Channel);

    public V1.AccessService.AccessServiceClient Access => new(Channel);

    public V1.PeerService.PeerServiceClient Peers => new(Channel);

    public V1.OutageService.OutageServiceClient Outages => new(Channel);

    public V1.ReportService.ReportServiceClient Reports => new(Channel);

    public V1.BundleService.BundleServiceClient Bundles => new(Channel);

    public V1.ReviewService.ReviewServiceClient Reviews => new(Channel);

    /// <summary>Makes a data directory and starts a node on a free port.</summary>
    public static Task<TestNode> StartAsync(string id = "dongguan", params NodeInitPeer[] peers) =>
        StartAsync(id, TimeProvider.System, peers);

    /// <summary>The same with a clock of one's own.</summary>
    public static Task<TestNode> StartAsync(string id, TimeProvider time, params NodeInitPeer[] peers) =>
        StartAsync(id, time, peers, TestCertificates.Pins(id, peers, time));

    /// <summary>The same with an empty store: no partner's certificate is pinned.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="also">What is put in the place of its services.</param>
    public static Task<TestNode> StartEmptyAsync(
        string id, TimeProvider time, Action<IServiceCollection>? also = null) =>
        StartAsync(id, time, [], pins: [], also);

    private static async Task<TestNode> StartAsync(
        string id,
        TimeProvider time,
        NodeInitPeer[] peers,
        IReadOnlyList<EntryWrite> pins,
        Action<IServiceCollection>? also = null)
    {
        var directory = new TemporaryDirectory();
        var data = new DataDirectory(Path.Combine(directory.Path, "node"));
        NodeInit.Create(data, new NodeInitRequest(id, "", "https://127.0.0.1:0", TestNode: true, "sqlite", peers), time);
        TestCertificates.Of(id).Put(data);
        return await StartAsync(directory, data, time, ProtocolVersions.Current, pins, also);
    }

    /// <summary>Stops the node and starts it again on the same data, at another address.</summary>
    /// <param name="whileStopped">Lays hands on its files meanwhile.</param>
    /// <param name="protocol">It is upgraded to other versions of sync; null for the same as before.</param>
    public async Task<TestNode> RestartAsync(
        Action<DataDirectory>? whileStopped = null, ProtocolVersions? protocol = null)
    {
        protocol ??= Services.GetRequiredService<ProtocolVersions>();
        var data = Services.GetRequiredService<DataDirectory>();
        var time = Services.GetRequiredService<TimeProvider>();
        await CloseAsync();
        whileStopped?.Invoke(data);
        return await StartAsync(_directory, data, time, protocol, pins: []);
    }

    /// <summary>Calls that show a token.</summary>
    public CallInvoker As(string token) =>
        _channel.Intercept(headers => WithToken(headers, token)).Intercept(new PatientClient());

    /// <summary>Calls over HTTP/1.1 with JSON, as whoever runs the node.</summary>
    public HttpClient OpenHttp() => new(NewHandler())
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", RunToken) },
    };

    /// <summary>Adds a token to the metadata of a call.</summary>
    public static Metadata WithToken(Metadata headers, string token)
    {
        headers.Add("authorization", $"Bearer {token}");
        return headers;
    }

    /// <summary>Begins the stop as a signal does; what is told to open calls can still be read.</summary>
    public void BeginStop() => Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    /// <summary>
    /// Stops the node as an operator would. The channel stays, so that a caller who is slower than the node still reads
    /// what the node told it last.
    /// </summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _directory.Dispose();
    }

    private async Task CloseAsync()
    {
        await StopAsync();
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    private static async Task<TestNode> StartAsync(
        TemporaryDirectory directory,
        DataDirectory data,
        TimeProvider time,
        ProtocolVersions protocol,
        IReadOnlyList<EntryWrite> pins,
        Action<IServiceCollection>? also = null)
    {
        var app = await NodeHost.BuildAsync(data, time, protocol, CancellationToken.None, also);
        if (pins.Count > 0)
        {
            await app.Services.GetRequiredService<IRecordStore>().CommitAsync(new Commit { Entries = pins }, default);
        }

        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new TestNode(directory, app, new Uri(address));
    }
}
