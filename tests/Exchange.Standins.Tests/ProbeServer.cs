using System.Net;
using Exchange.Standins.Tests.Wire;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Exchange.Standins.Tests;

/// <summary>The genuine server on a free port of this machine, and a channel of the genuine client to it.</summary>
internal sealed class ProbeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private ProbeServer(WebApplication app, ProbeLog log, GrpcChannelOptions channelOptions)
    {
        _app = app;
        _channel = GrpcChannel.ForAddress(app.Urls.Single(), channelOptions);
        Log = log;
    }

    public ProbeLog Log { get; }

    public GrpcChannel Channel => _channel;

    public Probe.ProbeClient Client => new(_channel);

    /// <summary>Starts a server without TLS, unless it is asked for.</summary>
    public static async Task<ProbeServer> StartAsync(
        GrpcChannelOptions? channel = null,
        Action<GrpcServiceOptions>? grpc = null,
        HttpsConnectionAdapterOptions? tls = null,
        ServerServiceDefinition? alsoServes = null)
    {
        var log = new ProbeLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (tls is not null)
            {
                listen.UseHttps(tls);
            }
        }));
        builder.Services.AddSingleton(log);
        builder.Services.AddGrpc(options => grpc?.Invoke(options));

        var app = builder.Build();
        app.Use((http, next) =>
        {
            foreach (var (name, value) in http.Request.Headers)
            {
                log.HttpHeaders[name] = value.ToString();
            }

            return next(http);
        });
        app.MapGrpcService<ProbeService>();
        if (alsoServes is not null)
        {
            app.MapGrpcService(alsoServes);
        }

        await app.StartAsync();
        return new ProbeServer(app, log, channel ?? new GrpcChannelOptions());
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }
}
