using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;

namespace Exchange.Cli.PartnerKit;

/// <summary>One run of checks against a partner.</summary>
internal sealed class KitRun : IDisposable
{
    private const uint Protocol = 1;
    private const uint Window = 8;

    private readonly KitDirectory _directory;
    private readonly Uri _address;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly GrpcChannel _channel;

    public KitRun(KitDirectory directory, Uri address, TimeSpan patience, TimeProvider time)
    {
        (_directory, _address, _patience, _time) = (directory, address, patience, time);
        Identity = directory.Read(time);
        Books = new KitBooks(Identity.DigestKey);
        Taken = new KitTaken(Identity, Books);
        Records = new KitRecords(Identity, time);
        Epoch = directory.Epoch;
        _channel = NewChannel(Identity.Certificate.Context);
    }

    public KitIdentity Identity { get; }

    public KitBooks Books { get; }

    public KitTaken Taken { get; }

    public KitRecords Records { get; }

    /// <summary>The present history of the test node's feed.</summary>
    public string Epoch { get; private set; }

    /// <summary>Looks at some promises, one after the other.</summary>
    /// <param name="promises">Which.</param>
    /// <param name="looked">Told after each.</param>
    /// <param name="cancellationToken">Ends between two.</param>
    public async Task<List<PromiseReport>> RunAsync(
        IEnumerable<Promise> promises, Action looked, CancellationToken cancellationToken)
    {
        var reports = new List<PromiseReport>();
        await SettleAsync();
        foreach (var promise in promises)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var began = _time.GetTimestamp();
            var (verdict, came) = await LookAsync(promise);
            if (verdict != Verdict.Kept && Books.Used.Count > 0)
            {
                // What it did wrong must not be held against the next promise.
                await SettleAsync();
            }

            reports.Add(new PromiseReport(
                promise.Id,
                promise.Says,
                verdict,
                promise.Sent,
                promise.Expected,
                came,
                $"docs/partners/sync.md#{promise.Section}",
                Math.Round(_time.GetElapsedTime(began).TotalSeconds, 3)));
            looked();
        }

        await SettleAsync();
        return reports;
    }

    /// <summary>Opens a session that must begin.</summary>
    /// <param name="change">What is odd about the Hello.</param>
    public async Task<KitSession> OpenAsync(Action<SyncHello>? change = null)
    {
        var (stream, ours) = await CallAsync(change);
        try
        {
            if (await stream.ReadAsync() is not { } frame)
            {
                throw new PromiseBrokenException($"Hello didn't come: {KitText.End(stream.Failure)}");
            }

            return frame.Hello is { } theirs
                ? new KitSession(this, stream, ours, theirs)
                : throw new PromiseBrokenException($"{frame.FrameCase} came before Hello");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Calls with a Hello that must be refused.</summary>
    /// <returns>How the call ended, and whether a Hello came first.</returns>
    public async Task<(SyncFailure? Failure, bool Began)> RefusedAsync(Action<SyncHello> change)
    {
        var (stream, _) = await CallAsync(change);
        using (stream)
        {
            return await stream.ReadAsync() is null ? (stream.Failure, false) : (null, true);
        }
    }

    /// <summary>Calls with a frame that is no Hello, or with another certificate, or none.</summary>
    public async Task<SyncFailure?> RefusedAsync(SyncFrame frame, X509Certificate2? shown, bool isOwn)
    {
        using var channel = NewChannel(isOwn ? Identity.Certificate.Context : ContextOf(shown));
        var service = new SyncService.SyncServiceClient(channel);
        using var stream = new KitStream(service, Identity.Partner, _patience, _time);
        await stream.WriteAsync(frame);
        return await stream.ReadAsync() is { } came
            ? throw new PromiseBrokenException($"{came.FrameCase} came")
            : stream.Failure;
    }

    /// <summary>Whether the partner ends the TLS handshake of whoever shows a certificate, or none.</summary>
    public Task<bool> EndsHandshakeAsync(X509Certificate2? shown) =>
        KitHandshake.IsEndedAsync(_address, NewTls(ContextOf(shown)), _patience, _time);

    /// <summary>The Hello of the test node.</summary>
    public SyncHello Hello() => new()
    {
        Node = Identity.Node,
        MinProtocol = Protocol,
        MaxProtocol = Protocol,
        AgreementId = Identity.Agreement.Id,
        AgreementVersion = Identity.Agreement.Version,
        AgreementDigest = AgreementTerms.DigestOf(Identity.Agreement),
        Epoch = Epoch,
        Applied = Taken.Cursor,
        Window = Window,
        Mode = SyncMode.Nightly,
        SentTime = Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
        SessionId = Guid.NewGuid().ToString(),
        Software = "check-partner",
    };

    /// <summary>A certificate that nobody has pinned.</summary>
    public X509Certificate2 StrangersCertificate() => KitDirectory.StrangersCertificate(Identity.Node, _time);

    /// <summary>Begins another history of the feed.</summary>
    public void BeginNewEpoch() => Epoch = _directory.NewEpoch();

    public void Dispose()
    {
        _channel.Dispose();
        Identity.Dispose();
    }

    private async Task<(Verdict Verdict, string Came)> LookAsync(Promise promise)
    {
        try
        {
            return (Verdict.Kept, await promise.KeptAsync(this));
        }
        catch (PromiseBrokenException broken)
        {
            return (Verdict.Broken, broken.Message);
        }
        catch (PromiseUntestedException untested)
        {
            return (Verdict.Untested, untested.Message);
        }
        catch (Exception unreadable) when (IsUnreadable(unreadable))
        {
            // A partner's fault must not end the run in which it is to be found.
            return (Verdict.Broken, "what came can't be read as the contract has it");
        }
    }

    private static bool IsUnreadable(Exception exception) =>
        exception is InvalidProtocolBufferException or FormatException or ArgumentException or InvalidDataException;

    // Takes back whatever was given, and learns what the partner holds then: whatever it got wrong is its state before
    // the next check.
    private async Task SettleAsync()
    {
        try
        {
            using var session = await OpenAsync();
            foreach (var page in Books.Used.Chunk(PageBuilder.MaxChanges).ToList())
            {
                await session.GiveAsync(
                    [.. page.Select(one => new SyncChange { Removal = Removal(one.Key, one.Value) })]);
            }

            foreach (var (kind, id) in Books.Held.ToList())
            {
                Books.Drop(kind, id);
            }

            var verdict = await session.CompareAsync();
            Books.Settle(verdict.Matches ? null : verdict.Digest);
        }
        catch (Exception exception) when (exception is PromiseBrokenException || IsUnreadable(exception))
        {
            // A partner that can't even do this fails its promises one by one, each with what came.
            Books.Settle(null);
        }
    }

    // Behind every version that was named, also one from a clock that is ahead.
    private Removal Removal((string Kind, string Id) record, ulong newest)
    {
        var removal = Records.Removal(record.Kind, record.Id, RemovalReason.Deleted);
        removal.Version.Clock = Math.Max(removal.Version.Clock, newest + 1);
        return removal;
    }

    private async Task<(KitStream Stream, SyncHello Hello)> CallAsync(Action<SyncHello>? change)
    {
        var hello = Hello();
        change?.Invoke(hello);
        var stream = new KitStream(
            new SyncService.SyncServiceClient(_channel), Identity.Partner, _patience, _time);
        await stream.WriteAsync(new SyncFrame { Hello = hello });
        return (stream, hello);
    }

    private GrpcChannel NewChannel(SslStreamCertificateContext? shown) => GrpcChannel.ForAddress(
        _address,
        new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { SslOptions = NewTls(shown), ConnectTimeout = _patience },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MessageSizes.MaxBytes,
        });

    private SslClientAuthenticationOptions NewTls(SslStreamCertificateContext? shown)
    {
        using var pinned = X509CertificateLoader.LoadCertificate(Identity.PartnerCard.Certificate.Span);
        var key = TlsCertificate.HashOf(pinned);
        var options = TlsSettings.Client(null, certificate => TlsCertificate.HashOf(certificate).SequenceEqual(key));
        options.ClientCertificateContext = shown;
        return options;
    }

    private static SslStreamCertificateContext? ContextOf(X509Certificate2? shown) =>
        shown is null ? null : SslStreamCertificateContext.Create(shown, null, offline: true);
}
