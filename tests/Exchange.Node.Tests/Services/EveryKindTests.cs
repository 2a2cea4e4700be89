using Exchange.Node.Records;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Services;

/// <summary>Every kind through a real node: written, read, listed, watched, refused when wrong, and undone.</summary>
public sealed class EveryKindTests(EveryKindTests.SharedNode shared) : IClassFixture<EveryKindTests.SharedNode>
{
    private static readonly RecordKinds Kinds = new();

    private TestNode Node => shared.Node;

    public static TheoryData<string> Names() => [.. Kinds.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_record_is_written_read_listed_and_watched(string name)
    {
        var payload = Any.Pack(Sample(name));
        using var watch = Node.Records.WatchRecords(new WatchRecordsRequest { Kinds = { name } });

        var put = await PutAsync(name, payload);
        var got = await Node.Records.GetRecordAsync(new GetRecordRequest { Kind = name, Id = put.Id });
        var listed = await Node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = name });

        Assert.True(put.Error is null, put.Error?.Message);
        Assert.Equal(payload.Value, got.Record.Payload.Value);
        Assert.Contains(listed.Records, record => record.Id == put.Id);
        Assert.Equal(payload.Value, (await SeenAsync(watch, put.Id)).Payload.Value);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_empty_record_is_refused_with_the_names_of_the_fields(string name)
    {
        var kind = Kinds.Find(name)!;
        var answer = await PutAsync(name, new Any { TypeUrl = "type.googleapis.com/" + kind.Descriptor.FullName });

        var violations = answer.Error.Details.Single(detail => detail.Is(BadRequest.Descriptor)).Unpack<BadRequest>();
        Assert.Equal(
            kind.Check(kind.Parse(ByteString.Empty), Rules.Context).Select(violation => violation.Field).ToHashSet(),
            violations.FieldViolations.Select(violation => violation.Field).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_stream_is_undone(string name)
    {
        var kind = Kinds.Find(name)!;
        if (kind.IsImmutable)
        {
            return;
        }

        var open = new OpenStream { Publisher = "clerk", Stream = "undo-" + name.Replace('_', '-'), Undoable = true };
        using var call = Node.Records.PutRecords();
        await call.RequestStream.WriteAsync(new PutRecordsRequest { Open = open });
        var sample = Any.Pack(Sample(name));
        var item = Item(name, sample);
        item.Number = 1;
        item.Record.ExternalKey = new ExternalKey { Source = "undo", SourceId = name };
        await call.RequestStream.WriteAsync(new PutRecordsRequest { Item = item });
        await call.RequestStream.CompleteAsync();
        var answers = await call.ResponseStream.ReadAllAsync().ToListAsync();
        var id = answers.Single(response => response.Answer is not null).Answer.Id;

        await Node.Records.UndoStreamAsync(
            new UndoStreamRequest { Publisher = open.Publisher, Stream = open.Stream });

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await Node.Records.GetRecordAsync(new GetRecordRequest { Kind = name, Id = id }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    // A test node takes no number that a real person could have, and one organisation is kept once.
    private static IMessage Sample(string name)
    {
        var sample = SampleRecords.Of(Kinds.Find(name)!);
        foreach (var field in sample.Descriptor.Fields.InFieldNumberOrder()
            .Where(field => field.Name is "id_number" or "head_id_number" or "credit_code"))
        {
            field.Accessor.Clear(sample);
        }

        return sample;
    }

    private static async Task<Record> SeenAsync(AsyncServerStreamingCall<WatchRecordsResponse> watch, string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await watch.ResponseStream.MoveNext(patience.Token))
        {
            if (watch.ResponseStream.Current.Record is { } record && record.Id == id)
            {
                return record;
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }

    private static PutRecordItem Item(string kind, Any payload) => new()
    {
        Record = new Record
        {
            Kind = kind,
            LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
            Payload = payload,
        },
    };

    private async Task<PutRecordAnswer> PutAsync(string kind, Any payload)
    {
        var request = new BatchPutRecordsRequest { Items = { Item(kind, payload) } };
        return (await Node.Records.BatchPutRecordsAsync(request)).Answers[0];
    }

    public sealed class SharedNode : IAsyncLifetime
    {
        internal TestNode Node { get; private set; } = null!;

        public async Task InitializeAsync() => Node = await TestNode.StartAsync("zhaotong");

        public async Task DisposeAsync() => await Node.DisposeAsync();
    }
}
