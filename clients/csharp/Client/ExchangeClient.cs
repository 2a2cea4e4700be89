using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Exchange.V1;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Exchange.Client;

/// <summary>
/// Calls a node. Unary calls are those of the generated clients, with Async; what they fail with is an
/// <see cref="ExchangeException"/>. It logs nothing.
/// </summary>
public sealed class ExchangeClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly TimeSpan _patience;
    private readonly VacancyService.VacancyServiceClient _vacancies;
    private readonly PlacementService.PlacementServiceClient _placements;

    private ExchangeClient(GrpcChannel channel, ConnectOptions options)
    {
        (_channel, _patience) = (channel, options.Patience);
        var token = options.Token;
        var authorized = token is null ? channel.CreateCallInvoker() : channel.Intercept(metadata =>
        {
            metadata.Add("authorization", "Bearer " + token);
            return metadata;
        });
        _vacancies = new(authorized);
        _placements = new(authorized);
        var unary = authorized.Intercept(new UnaryCalls(options.Deadline));
        (Vacancies, Placements, Records, Node) = (new(unary), new(unary), new(unary), new(unary));
    }

    /// <summary>Reads vacancies.</summary>
    public VacancyService.VacancyServiceClient Vacancies { get; }

    /// <summary>Reads placements and records events.</summary>
    public PlacementService.PlacementServiceClient Placements { get; }

    /// <summary>Reads and writes records of any kind.</summary>
    public RecordService.RecordServiceClient Records { get; }

    /// <summary>Tells what the node is.</summary>
    public NodeService.NodeServiceClient Node { get; }

    /// <summary>
    /// Makes a client for "https://host:port"; http is refused unless the host is this machine. The first call opens
    /// the connection.
    /// </summary>
    public static ExchangeClient Connect(string address, ConnectOptions options)
    {
        var uri = new Uri(address);
        if (uri.Scheme != "https" && !(uri.Scheme == "http" && uri.IsLoopback))
        {
            throw new ArgumentException("An address begins with https://, or with http:// and a loopback address.");
        }

        var handler = new SocketsHttpHandler
        {
            // A line that died without a farewell is noticed by pings, not after hours by TCP.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            ConnectTimeout = TimeSpan.FromSeconds(5),

            // With a callback the channel leaves connecting to the handler, which knows the proxy; its own way knows none.
            ConnectCallback = ConnectAsync,
        };
        if (options.Certificate is { } pem)
        {
            handler.SslOptions.CertificateChainPolicy = Trusting(pem);
        }

        if (options.ClientCertificate is { } own)
        {
            using var loaded = X509Certificate2.CreateFromPem(own, options.ClientKey);
            var bytes = loaded.Export(X509ContentType.Pkcs12);
            handler.SslOptions.ClientCertificates = [X509CertificateLoader.LoadPkcs12(bytes, null)];
        }

        var settings = new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true };
        return new ExchangeClient(GrpcChannel.ForAddress(uri, settings), options);
    }

    /// <summary>Every matching vacancy, page by page. A page may be empty without being the last.</summary>
    public async IAsyncEnumerable<VacancyRecord> ListVacanciesAsync(
        VacancyFilter? filter,
        int pageSize = 0,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListVacanciesRequest { Filter = filter, PageSize = pageSize };
        do
        {
            var page = await Vacancies.ListVacanciesAsync(request, cancellationToken: cancellationToken);
            foreach (var vacancy in page.Vacancies)
            {
                yield return vacancy;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>
    /// Publishes vacancies and returns once each was answered. A cut call is taken up again: what wasn't answered is
    /// sent again, and the node writes nothing twice.
    /// </summary>
    /// <param name="publisher">Who publishes.</param>
    /// <param name="stream">Which of the publisher's streams this is.</param>
    /// <param name="itemsAfter">
    /// Returns the items that follow the item of that number, in an order that never changes. It is called once, with
    /// the number up to which the node answered in earlier runs. Items are numbered here.
    /// </param>
    /// <param name="onAnswer">
    /// Called for each item in order. A refused one has an error, to be read with
    /// <see cref="ExchangeException.Of(Google.Rpc.Status)"/>.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task PublishVacanciesAsync(
        string publisher,
        string stream,
        Func<ulong, IAsyncEnumerable<PublishVacancyItem>> itemsAfter,
        Func<PublishVacancyItem, PutRecordAnswer, Task> onAnswer,
        CancellationToken cancellationToken = default)
    {
        var open = new OpenStream { Publisher = publisher, Stream = stream };
        using var publication = new Publication(_vacancies, open, itemsAfter, onAnswer, new Backoff(_patience));
        await publication.RunAsync(cancellationToken);
    }

    /// <summary>
    /// Watches until it is cancelled. A response's token is saved after <paramref name="apply"/> is done with it; it is
    /// called for a vacancy, a removal and the end of the snapshot.
    /// </summary>
    /// <param name="filter">Which vacancies; null for all.</param>
    /// <param name="token">Where the watch keeps its place.</param>
    /// <param name="startOver">A snapshot begins; what it doesn't contain up to its end is gone.</param>
    /// <param name="apply">Applies one response.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public Task WatchVacanciesAsync(
        VacancyFilter? filter,
        ITokenStore token,
        Func<Task> startOver,
        Func<WatchVacanciesResponse, Task> apply,
        CancellationToken cancellationToken) =>
        Watching.RunAsync(
            at => _vacancies.WatchVacancies(
                new WatchVacanciesRequest { Filter = filter, ResumeToken = at }, cancellationToken: cancellationToken),
            response => (response.ResumeToken, IsQuiet(response.EventCase)),
            token,
            startOver,
            apply,
            new Backoff(_patience),
            cancellationToken);

    /// <summary>Watches how placements stand, as <see cref="WatchVacanciesAsync"/> does.</summary>
    public Task WatchPlacementsAsync(
        PlacementFilter? filter,
        ITokenStore token,
        Func<Task> startOver,
        Func<WatchPlacementsResponse, Task> apply,
        CancellationToken cancellationToken) =>
        Watching.RunAsync(
            at => _placements.WatchPlacements(
                new WatchPlacementsRequest { Filter = filter, ResumeToken = at }, cancellationToken: cancellationToken),
            response => (response.ResumeToken, IsQuiet(response.EventCase)),
            token,
            startOver,
            apply,
            new Backoff(_patience),
            cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _channel.Dispose();

    private static bool IsQuiet(WatchVacanciesResponse.EventOneofCase happened) => happened
        is WatchVacanciesResponse.EventOneofCase.None or WatchVacanciesResponse.EventOneofCase.Bookmark;

    private static bool IsQuiet(WatchPlacementsResponse.EventOneofCase happened) => happened
        is WatchPlacementsResponse.EventOneofCase.None or WatchPlacementsResponse.EventOneofCase.Bookmark;

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy Trusting(string pem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(pem);
        return policy;
    }
}
