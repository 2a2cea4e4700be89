using System.Net;
using Exchange.Interop;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// interop server           serves on a free port of this machine and prints it
// interop client PORT      runs every case against that port and prints one line for each
if (args is ["client", var port])
{
    return await InteropCases.RunAllAsync($"http://127.0.0.1:{port}") ? 0 : 1;
}

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
    kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
builder.Services.AddGrpc(options =>
{
    options.ResponseCompressionAlgorithm = "gzip";
    options.ResponseCompressionLevel = System.IO.Compression.CompressionLevel.Fastest;
});
await using var app = builder.Build();
app.MapGrpcService<InteropService>();
await app.StartAsync();
Console.WriteLine(new Uri(app.Urls.Single()).Port);
await app.WaitForShutdownAsync();
return 0;
