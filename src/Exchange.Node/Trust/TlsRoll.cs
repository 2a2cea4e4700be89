using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Trust;

/// <summary>
/// Takes this node from one key to the next without a missed night: the next certificate lies beside the present one
/// while partners are told of it, and takes its place when each has said that it has it, or when its day has come.
/// </summary>
#pragma warning disable CA1001 // The semaphore's wait handle is never asked for, so there is nothing to dispose.
internal sealed partial class TlsRoll(
    IRecordStore store,
    PeerPins pins,
    SyncPeers peers,
    SyncSessions sessions,
    TlsIdentity identity,
    NodeIdentity node,
    NodeKeys keys,
    DataDirectory data,
    TimeProvider time,
    ILogger<TlsRoll> log) : BackgroundService
{
    /// <summary>How long partners have, unless the operator says otherwise.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(30);

    private const string Collection = "certificate-roll";
    private const string Host = "localhost";

    private static readonly byte[] Key = Encoding.UTF8.GetBytes("next");
    private static readonly TimeSpan BeforeTheEnd = TimeSpan.FromDays(1);
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Where the next certificate and its key lie.</summary>
    public static TlsFiles NextIn(DataDirectory data) =>
        new(Path.Combine(data.Keys, "tls-next.pem"), Path.Combine(data.Keys, "tls-next.key"));

    /// <summary>The roll-over that is under way; null when there is none.</summary>
    public async Task<CertificateRoll?> ReadAsync(CancellationToken cancellationToken)
    {
        var next = NextIn(data);
        if (!File.Exists(next.Key))
        {
            return null;
        }

        if (!File.Exists(next.Certificate))
        {
            // A CA is asked for it.
            using var key = ECDsa.Create();
            key.ImportFromPem(await File.ReadAllTextAsync(next.Key, cancellationToken));
            return new CertificateRoll
            {
                KeyHash = ByteString.CopyFrom(SHA256.HashData(key.ExportSubjectPublicKeyInfo())),
            };
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            return ReadNext() is { } certificate ? await StandingAsync(certificate, null, cancellationToken) : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The partners that haven't said that they hold the next certificate.</summary>
    public async Task<IReadOnlyList<string>> WaitingForAsync(CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken) is { StartTime: not null } roll
            ? await WaitingForAsync(roll, cancellationToken)
            : [];

    /// <summary>The card that partners are told in Hello; null when no roll-over is under way.</summary>
    public async Task<PeerCard?> NextCardAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is not { StartTime: not null } roll)
        {
            return null;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(roll.Certificate.Span);
        return PeerCards.Make(node, keys, certificate);
    }

    /// <summary>Makes the next key, unless there is one; returns the signing request if one was asked for.</summary>
    /// <param name="change">When to change over at the latest; null for the default.</param>
    /// <param name="request">A CA is to issue the certificate.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ExchangeException">The moment won't do.</exception>
    public async Task<string?> BeginAsync(
        DateTimeOffset? change, bool request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (change <= now || change > identity.Present.Leaf.NotAfter)
        {
            throw ExchangeException.Invalid(
                "change_time", "It must be yet to come, and before the present certificate is over.");
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            var next = NextIn(data);
            if (!File.Exists(next.Key))
            {
                PrivateFile.Replace(next.Key, TlsMaker.NewKey());
            }

            var key = await File.ReadAllTextAsync(next.Key, cancellationToken);
            if (!request && !File.Exists(next.Certificate))
            {
                PrivateFile.Replace(next.Certificate, TlsMaker.SelfMade(key, node.Id, Host, now));
            }

            if (ReadNext() is { } certificate)
            {
                await StandingAsync(certificate, change, cancellationToken);
                Reconnect();
            }

            return request ? TlsMaker.SigningRequest(key, node.Id, Host) : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes what a partner says it holds of this node's certificates.</summary>
    public async Task HeldAsync(
        string partner, IReadOnlyCollection<ByteString> keyHashes, CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { StartTime: not null } roll
            && keyHashes.Contains(roll.KeyHash)
            && !roll.HeldBy.ContainsKey(partner))
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                var standing = await StoredAsync(cancellationToken) ?? roll;
                standing.HeldBy[partner] = time.GetUtcNow().ToTimestamp();
                await WriteAsync(standing, cancellationToken);
                Held(partner);
            }
            finally
            {
                _turn.Release();
            }
        }

        await CheckAsync(cancellationToken);
    }

    /// <summary>Changes over if everybody is ready, or it is time.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is not { StartTime: not null } roll)
        {
            return;
        }

        var waiting = await WaitingForAsync(roll, cancellationToken);
        if (waiting.Count > 0 && time.GetUtcNow() < roll.ChangeTime.ToDateTimeOffset())
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            identity.ChangeTo(NextIn(data));
            await store.CommitAsync(
                new Commit { Entries = [EntryWrite.Delete(Collection, Key)] }, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        ChangedOver(string.Join(", ", waiting.DefaultIfEmpty("nobody")));
        Reconnect();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Whatever it is: the node goes on with the certificate that it has.
                Failed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // A live session says Hello once, and would go on under the certificate of its handshake for weeks.
    private void Reconnect()
    {
        foreach (var peer in peers.All)
        {
            sessions.LeaveLive(peer.Node, CertificateFailure.Rolling(peer.Node));
        }
    }

    private async Task<IReadOnlyList<string>> WaitingForAsync(
        CertificateRoll roll, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var known = (await pins.AllAsync(cancellationToken))
            .Where(pin => PeerPins.Counts(pin, now))
            .Select(pin => pin.Node)
            .ToHashSet(StringComparer.Ordinal);

        // Whoever this node has nothing to do with any more can't hold it up.
        return
        [
            .. peers.All.Select(peer => peer.Node)
                .Where(peer => known.Contains(peer) && !roll.HeldBy.ContainsKey(peer)),
        ];
    }

    private X509Certificate2? ReadNext()
    {
        if (TlsRules.Read(NextIn(data), time.GetUtcNow(), out var certificate) is [var fault, ..])
        {
            if (File.Exists(NextIn(data).Certificate))
            {
                Unusable(fault);
            }

            return null;
        }

        return certificate!.Leaf;
    }

    private async Task<CertificateRoll> StandingAsync(
        X509Certificate2 next, DateTimeOffset? change, CancellationToken cancellationToken)
    {
        var hash = ByteString.CopyFrom(TlsCertificate.HashOf(next));
        var stored = await StoredAsync(cancellationToken);
        var roll = stored is not null && stored.KeyHash.Equals(hash) ? stored : null;
        if (roll is not null && change is null)
        {
            return roll;
        }

        var now = time.GetUtcNow();
        var last = new DateTimeOffset(identity.Present.Leaf.NotAfter) - BeforeTheEnd;
        roll ??= new CertificateRoll
        {
            Certificate = ByteString.CopyFrom(next.RawData),
            KeyHash = hash,
            StartTime = now.ToTimestamp(),
            ChangeTime = (now + Patience < last ? now + Patience : last).ToTimestamp(),
        };
        roll.ChangeTime = change?.ToTimestamp() ?? roll.ChangeTime;
        await WriteAsync(roll, cancellationToken);
        return roll;
    }

    private async Task<CertificateRoll?> StoredAsync(CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Collection, [Key], cancellationToken))[0] is { } bytes
            ? CertificateRoll.Parser.ParseFrom(bytes.Span)
            : null;

    private Task<CommitResult> WriteAsync(CertificateRoll roll, CancellationToken cancellationToken) =>
        store.CommitAsync(
            new Commit { Entries = [new EntryWrite(Collection, Key, roll.ToByteArray())] }, cancellationToken);

    [LoggerMessage(1, LogLevel.Information, "{Partner} holds the next certificate of this node")]
    private partial void Held(string partner);

    [LoggerMessage(2, LogLevel.Information,
        "This node shows its next certificate from now on; still without it: {Waiting}")]
    private partial void ChangedOver(string waiting);

    [LoggerMessage(3, LogLevel.Warning, "The next certificate can't be used: {Fault}")]
    private partial void Unusable(string fault);

    [LoggerMessage(4, LogLevel.Error, "Looking after the roll-over of the certificate failed")]
    private partial void Failed(Exception exception);
}
