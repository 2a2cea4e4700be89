using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Records;

/// <summary>The shared path of every kind, over gRPC.</summary>
internal sealed class RecordService(
    IRecordStore store,
    RecordCodec codec,
    RecordBatch batch,
    PutStream stream,
    StreamUndo undo,
    WatchStream watch,
    RecordReach reaches,
    AuditReads reads,
    MaskedCopies masked,
    UnmaskPurposes purposes,
    RecordKinds kinds,
    NodeLifetime lifetime,
    TimeProvider time) : V1.RecordService.RecordServiceBase
{
    public override async Task PutRecords(
        IAsyncStreamReader<PutRecordsRequest> requestStream,
        IServerStreamWriter<PutRecordsResponse> responseStream,
        ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        if (!await lifetime.MoveNextAsync(requestStream, cancellation))
        {
            return;
        }

        var open = requestStream.Current.Open ?? throw NotOpened();
        var (scope, last) = await stream.OpenAsync(open, reaches.Of(context), cancellation);
        await responseStream.WriteAsync(
            new PutRecordsResponse { Opened = new StreamOpened { LastNumber = last } }, cancellation);

        await stream.RunAsync(
            lifetime.ReadAllAsync(requestStream, cancellation).Select(request => request.Item ?? throw OpenedTwice()),
            scope,
            reaches.Of(context),
            answer => responseStream.WriteAsync(new PutRecordsResponse { Answer = answer }, cancellation),
            cancellation);
    }

    public override Task<BatchPutRecordsResponse> BatchPutRecords(
        BatchPutRecordsRequest request, ServerCallContext context) =>
        batch.PutAsync(request, reaches.Of(context), context.CancellationToken);

    public override Task<UndoStreamResponse> UndoStream(UndoStreamRequest request, ServerCallContext context) =>
        undo.RunAsync(request, reaches.Of(context), context.CancellationToken);

    public override async Task<GetRecordResponse> GetRecord(GetRecordRequest request, ServerCallContext context)
    {
        CheckKind(request.Kind);
        await purposes.CheckAsync(request.UnmaskPurpose, context);
        var key = new RecordKey(request.Kind, RecordResolver.ParseId("id", request.Id));
        var reach = reaches.Of(context);
        await reach.RequireReadAsync(key, context.CancellationToken);
        var found = await store.GetAsync(key, context.CancellationToken);
        if (found is not { IsTombstone: false })
        {
            throw reach.Missing(request.Kind, request.Id);
        }

        await reads.NoteAsync([key], request.UnmaskPurpose, context.CancellationToken);
        return new GetRecordResponse { Record = Shown(codec.Decode(found), request.UnmaskPurpose) };
    }

    public override async Task<ListRecordsResponse> ListRecords(ListRecordsRequest request, ServerCallContext context)
    {
        CheckKind(request.Kind);
        await purposes.CheckAsync(request.UnmaskPurpose, context);
        var reach = reaches.Of(context);
        reach.Reach.RequireKind(request.Kind);
        var scope = request.Clone();
        (scope.PageToken, scope.PageSize) = ("", 0);
        var query = new RecordQuery(request.Kind)
        {
            Limit = PageToken.PageSize(request.PageSize),
            MaxBytes = MessageSizes.PageBytes,
            After = PageToken.Decode(request.PageToken, scope, time),
        };
        query = (request.DivisionCode, request.ExternalKey) switch
        {
            ({ Length: > 0 }, not null) =>
                throw ExchangeException.Invalid("external_key", "Set either division_code or external_key, not both."),
            ({ Length: > 0 }, _) => query with
            {
                Index = IndexNames.Division,
                Value = request.DivisionCode,
                IsPrefix = true,
            },
            (_, { } external) => query with
            {
                Index = IndexNames.External,
                Value = RecordResolver.ExternalIndexKey(external).Value,
            },
            _ => query,
        };

        var (found, next) = await reach.QueryAsync(store, query, context.CancellationToken);
        await reads.NoteAsync(
            found.Select(record => record.Key), request.UnmaskPurpose, context.CancellationToken);
        var response = new ListRecordsResponse { NextPageToken = PageToken.Encode(next, scope, time) };
        response.Records.AddRange(found.Select(codec.TryDecode).OfType<Record>()
            .Select(record => Shown(record, request.UnmaskPurpose)));
        return response;
    }

    public override async Task WatchRecords(
        WatchRecordsRequest request,
        IServerStreamWriter<WatchRecordsResponse> responseStream,
        ServerCallContext context)
    {
        await purposes.CheckAsync(request.UnmaskPurpose, context);
        var wanted = request.Kinds.ToHashSet();
        var reach = reaches.Of(context);
        await using var watched = wanted.Count == 0 || wanted.Any(reads.IsPersonal)
            ? await reads.WatchAsync(
                string.Join(' ', wanted.Order(StringComparer.Ordinal)),
                request.UnmaskPurpose,
                context.CancellationToken)
            : null;
        await watch.RunAsync(
            request.ResumeToken,
            responseStream,
            async step =>
            {
                var response = await ToResponseAsync(step, wanted, reach, context.CancellationToken);
                if (watched is not null && response?.Record is { } record && reads.IsPersonal(record.Kind))
                {
                    await watched.AddAsync([step.Item!.Stored.Key], context.CancellationToken);
                    response.Record = Shown(record, request.UnmaskPurpose);
                }

                return response;
            },
            () => new WatchRecordsResponse { Bookmark = new Bookmark() },
            (response, token) => response.ResumeToken = token,
            context.CancellationToken);
    }

    private Record Shown(Record record, string unmaskPurpose) => unmaskPurpose.Length > 0 ? record : masked.Of(record);

    // Any other kind may be a later version's, of which records were synced.
    private static void CheckKind(string kind)
    {
        if (kind.Length == 0)
        {
            throw ExchangeException.Invalid("kind", "Name the kind, such as worker or vacancy.");
        }
    }

    private async ValueTask<WatchRecordsResponse?> ToResponseAsync(
        WatchStep step, HashSet<string> wanted, CallReach reach, CancellationToken cancellationToken)
    {
        if (step.Kind == WatchStepKind.SnapshotEnd)
        {
            return new WatchRecordsResponse { SnapshotEnd = new SnapshotEnd() };
        }

        var stored = step.Item!.Stored;
        if (wanted.Count > 0 && !wanted.Contains(stored.Key.Kind))
        {
            return null;
        }

        if (!stored.IsTombstone && await reach.ReadsAsync(stored, cancellationToken))
        {
            return step.Item.TryDecode(codec) is { } record ? new WatchRecordsResponse { Record = record } : null;
        }

        var isTold = step.Kind != WatchStepKind.SnapshotItem
            && reach.Reach.MayHaveRead(
                stored.Key.Kind, kinds.Find(stored.Key.Kind) is not { IsPersonal: false }, stored.PreviousKeys);
        return isTold ? new WatchRecordsResponse { Removed = Removed(stored.Key) } : null;
    }

    /// <summary>Tells a watcher that a record is gone.</summary>
    public static RecordRemoved Removed(RecordKey key) => new() { Kind = key.Kind, Id = key.Id.ToString() };

    /// <summary>The error of a stream whose first message isn't <c>open</c>.</summary>
    public static ExchangeException NotOpened() => new(
        StatusCode.FailedPrecondition, ErrorReason.StreamNotOpened, "Open the stream before sending items.");

    /// <summary>The error of a stream that is opened in its middle.</summary>
    public static ExchangeException OpenedTwice() =>
        ExchangeException.Invalid("open", "The stream is open already. Send items, or begin a new call.");
}
