using Exchange.Store.Sqlite;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Benchmarks.Syncing;

/// <summary>
/// The ceiling of a first sync: the feed of one bare SQLite file, read by position, sent in batches of a thousand on a
/// gRPC stream under a window of eight, and written with one upsert transaction a batch into another. No projection,
/// digest, sealing, versions or keys besides the id. With a register, a row for each record is durable in the source
/// before its batch is sent: what the register alone costs.
/// </summary>
internal sealed class BarePipeline : SyncService.SyncServiceBase
{
    private const int Batch = 1_000;
    private const int Window = 8;

    private string _target = "";

    /// <summary>Returns records a second.</summary>
    public static async Task<double> MeasureAsync(int records, byte[] payload, bool withRegister)
    {
        SQLitePCL.Batteries_V2.Init();
        using var directory = new TemporaryDirectory();
        var source = Path.Combine(directory.Path, "source.sqlite");
        Fill(source, records, payload);
        await using var app = Build();
        app.Services.GetRequiredService<BarePipeline>()._target = Path.Combine(directory.Path, "target.sqlite");
        await app.StartAsync();

        using var channel = GrpcChannel.ForAddress(app.Urls.Single());
        var client = new SyncService.SyncServiceClient(channel);
        var figure = await Figure.MeasureAsync(records, () => SendAsync(client, source, withRegister));
        await app.StopAsync();
        return figure.PerSecond;
    }

    public override async Task Sync(
        IAsyncStreamReader<SyncRequest> requestStream,
        IServerStreamWriter<SyncResponse> responseStream,
        ServerCallContext context)
    {
        using var link = SqliteLink.OpenWriter(_target);
        SqliteSchema.Prepare(link);
        var begin = link.Prepare("BEGIN IMMEDIATE");
        var commit = link.Prepare("COMMIT");
        var upsert = link.Prepare(
            "INSERT INTO record VALUES(?1, 1, ?2, ?3, 1, 0, 0, ?4, ?4, ?4, ?5) "
            + "ON CONFLICT(kind, id) DO UPDATE SET position = excluded.position, payload = excluded.payload");
        var position = 0L;
        await foreach (var request in requestStream.ReadAllAsync())
        {
            begin.Run();
            foreach (var change in request.Frame.Batch.Changes)
            {
                upsert.Bind(1, ++position).Bind(2, new Guid(change.Record.PayloadHash.Span, bigEndian: true))
                    .Bind(3, (long)change.Record.Version.Clock).Bind(4, []).Bind(5, change.Record.Payload.Value.Span).Run();
            }

            commit.Run();
            await responseStream.WriteAsync(new SyncResponse
            {
                Frame = new SyncFrame { Ack = new SyncAck { Sequence = request.Frame.Batch.Sequence } },
            });
        }
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<BarePipeline>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<BarePipeline>();
        return app;
    }

    private static void Fill(string file, int records, byte[] payload)
    {
        using var link = SqliteLink.OpenWriter(file);
        SqliteSchema.Prepare(link);
        var insert = link.Prepare("INSERT INTO record VALUES(?1, 1, ?2, ?1, 1, 0, 0, ?3, ?3, ?3, ?4)");
        var ids = Stores.BenchmarkData.Ids(records);
        link.Prepare("BEGIN IMMEDIATE").Run();
        for (var i = 0; i < records; i++)
        {
            insert.Bind(1, i + 1).Bind(2, ids[i]).Bind(3, []).Bind(4, payload).Run();
        }

        link.Prepare("COMMIT").Run();
    }

    private static async Task SendAsync(SyncService.SyncServiceClient client, string source, bool withRegister)
    {
        using var link = SqliteLink.OpenReader(source);
        using var register = withRegister ? new BareRegister(source) : null;
        using var call = client.Sync();
        var page = link.Prepare($"SELECT position, id, payload FROM record WHERE position > ?1 LIMIT {Batch}");
        var (after, sent, acknowledged) = (0L, 0ul, 0ul);
        while (true)
        {
            var batch = new SyncBatch { Sequence = sent + 1 };
            page.Bind(1, after);
            while (page.Step())
            {
                after = page.Number(0);
                batch.Changes.Add(Change(after, page.Bytes(1), page.Bytes(2)));
            }

            page.Reset();
            if (batch.Changes.Count == 0)
            {
                break;
            }

            register?.Write(batch.Changes);
            await call.RequestStream.WriteAsync(new SyncRequest { Frame = new SyncFrame { Batch = batch } });
            for (sent++; sent - acknowledged >= Window; acknowledged = call.ResponseStream.Current.Frame.Ack.Sequence)
            {
                await call.ResponseStream.MoveNext(CancellationToken.None);
            }
        }

        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            acknowledged = call.ResponseStream.Current.Frame.Ack.Sequence;
        }

        if (acknowledged != sent)
        {
            throw new InvalidOperationException($"{acknowledged} of {sent} batches were acknowledged.");
        }
    }

    private static SyncChange Change(long position, ReadOnlySpan<byte> id, ReadOnlySpan<byte> payload) => new()
    {
        Record = new Record
        {
            Kind = "worker",
            PayloadHash = ByteString.CopyFrom(id),
            Version = new RecordVersion { Clock = (ulong)position, Node = "zhaotong" },
            Payload = new Any { Value = ByteString.CopyFrom(payload) },
        },
    };
}
