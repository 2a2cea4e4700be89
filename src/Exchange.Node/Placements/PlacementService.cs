using System.Text;
using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Exchange.Node.Placements;

/// <summary>Placement events and the states computed from them, over gRPC.</summary>
internal sealed class PlacementService(
    IRecordStore store,
    PlacementReader reader,
    RecordWriter writer,
    WatchStream watch,
    RecordReach reaches,
    MaskedCopies masked,
    UnmaskPurposes purposes,
    AuditReads reads,
    TimeProvider time)
    : V1.PlacementService.PlacementServiceBase
{
    public override async Task<RecordPlacementEventResponse> RecordPlacementEvent(
        RecordPlacementEventRequest request, ServerCallContext context)
    {
        var given = request.Event?.Clone() ?? throw ExchangeException.Invalid("event", "Set the event to record.");
        var scope = PutScope.ForRequest(request.RequestId, mark: [], time.GetUtcNow());
        if (given.PlacementId.Length == 0)
        {
            given.PlacementId = await NewPlacementIdAsync(scope, request.ValidateOnly, context.CancellationToken);
        }

        var answer = await writer.WriteAsync(
            new PutRecordItem
            {
                Number = 1,
                ValidateOnly = request.ValidateOnly,
                Record = new Record
                {
                    Kind = PlacementEventKind.KindName,
                    LegalBasis = StatutoryDuty(),
                    Payload = Any.Pack(given),
                },
            },
            scope,
            reaches.Of(context),
            context.CancellationToken);
        return new RecordPlacementEventResponse
        {
            EventId = answer.Id,
            Placement = await reader.FindAsync(given.PlacementId, context.CancellationToken) is { } placement
                ? masked.Of(placement)
                : null,
        };
    }

    public override async Task<GetPlacementResponse> GetPlacement(
        GetPlacementRequest request, ServerCallContext context)
    {
        await purposes.CheckAsync(request.UnmaskPurpose, context);
        var id = RecordResolver.ParseId("id", request.Id).ToString();
        var reach = reaches.Of(context);
        var placement = await reader.FindAsync(id, context.CancellationToken);
        if (placement is null || !await reach.ReadsAsync(placement, context.CancellationToken))
        {
            throw reach.Missing("placement", request.Id);
        }

        await reads.NoteAsync([placement], request.UnmaskPurpose, context.CancellationToken);
        return new GetPlacementResponse { Placement = Shown(placement, request.UnmaskPurpose) };
    }

    public override async Task<ListPlacementsResponse> ListPlacements(
        ListPlacementsRequest request, ServerCallContext context)
    {
        await purposes.CheckAsync(request.UnmaskPurpose, context);
        var matcher = new PlacementMatcher(request.Filter);
        var reach = reaches.Of(context);
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListPlacementsRequest { Filter = request.Filter };
        var after = PageToken.Decode(request.PageToken, scope, time);
        var response = new ListPlacementsResponse();
        var room = MessageSizes.PageBytes;

        var (placements, next) = await reader.ReadAsync(after, context.CancellationToken);
        foreach (var placement in placements.Where(matcher.Matches))
        {
            if (!await reach.ReadsAsync(placement, context.CancellationToken))
            {
                continue;
            }

            if (response.Placements.Count == size || room <= 0)
            {
                next = PlacementReader.Behind(response.Placements[^1]);
                break;
            }

            response.Placements.Add(Shown(placement, request.UnmaskPurpose));
            room -= placement.CalculateSize();
        }

        await reads.NoteAsync(response.Placements, request.UnmaskPurpose, context.CancellationToken);
        response.NextPageToken = PageToken.Encode(next, scope, time);
        return response;
    }

    public override async Task WatchPlacements(
        WatchPlacementsRequest request,
        IServerStreamWriter<WatchPlacementsResponse> responseStream,
        ServerCallContext context)
    {
        await purposes.CheckAsync(request.UnmaskPurpose, context);
        var matcher = new PlacementMatcher(request.Filter);
        await using var watched = await reads.WatchAsync(
            "placements", request.UnmaskPurpose, context.CancellationToken);
        await watch.RunAsync(
            request.ResumeToken,
            responseStream,
            async step =>
            {
                var response = await ToResponseAsync(step, matcher, reaches.Of(context), context.CancellationToken);
                if (response?.Placement is { } placement)
                {
                    await watched.AddAsync(AuditReads.Keys(placement), context.CancellationToken);
                    response.Placement = Shown(placement, request.UnmaskPurpose);
                }

                return response;
            },
            () => new WatchPlacementsResponse { Bookmark = new Bookmark() },
            (response, token) => response.ResumeToken = token,
            context.CancellationToken);
    }

    private Placement Shown(Placement placement, string unmaskPurpose) =>
        unmaskPurpose.Length > 0 ? placement : masked.Of(placement);

    private async ValueTask<WatchPlacementsResponse?> ToResponseAsync(
        WatchStep step, PlacementMatcher matcher, CallReach reach, CancellationToken cancellationToken)
    {
        if (step.Kind == WatchStepKind.SnapshotEnd)
        {
            return new WatchPlacementsResponse { SnapshotEnd = new SnapshotEnd() };
        }

        var item = step.Item!;
        if (item.Stored.Key.Kind != PlacementEventKind.KindName || PlacementIdOf(item.Stored) is not { } placementId)
        {
            return null;
        }

        // Computed from all events of now, so only the newest one tells: a state is never late, and the last one is
        // right.
        var seen = (SeenPlacement)(item.Shared ??= await reader.SeeAsync(placementId, cancellationToken));
        var inSnapshot = step.Kind == WatchStepKind.SnapshotItem;
        if (seen.HasEventBehind(item.Stored.Position, inSnapshot ? step.Token.SnapshotEnd : null))
        {
            return null;
        }

        var placement = await seen.ComputeAsync().WaitAsync(cancellationToken);
        if (placement is null ? !reach.Reach.IsWhole : !await reach.ReadsAsync(placement, cancellationToken))
        {
            return null;
        }

        if (placement is not null && matcher.Matches(placement))
        {
            return new WatchPlacementsResponse { Placement = placement };
        }

        return inSnapshot || (placement is not null && !matcher.MayHaveMatched(placement))
            ? null
            : new WatchPlacementsResponse { Removed = new PlacementRemoved { Id = placementId } };
    }

    // An event that is gone, or kept and not used, has its keys of before.
    private static string? PlacementIdOf(StoredRecord stored) =>
        stored.Keys.Concat(stored.PreviousKeys).FirstOrDefault(key => key.Name == IndexNames.Placement).Value;

    /// <summary>A repeated request must find the placement of its first time, not begin another.</summary>
    private async Task<string> NewPlacementIdAsync(
        PutScope? scope, bool validateOnly, CancellationToken cancellationToken)
    {
        var fresh = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        if (scope is null)
        {
            return fresh;
        }

        while (true)
        {
            var found = await store.GetEntriesAsync(PutScope.Placements, [scope.StreamKey], cancellationToken);
            if (found[0] is { } earlier)
            {
                return Encoding.UTF8.GetString(earlier.Span);
            }

            if (validateOnly)
            {
                return fresh;
            }

            var entry = new EntryWrite(
                PutScope.Placements, scope.StreamKey, Encoding.UTF8.GetBytes(fresh), EntryExpectation.Absent);
            try
            {
                await store.CommitAsync(new Commit { Entries = [entry, scope.FenceCheck()!] }, cancellationToken);
                return fresh;
            }
            catch (EntryConflictException)
            {
                // The same request came twice at once; the other one's placement is there now.
            }
        }
    }

    // Both parties carry out a statutory task; the event itself holds ids, days and types.
    private static LegalBasis StatutoryDuty() => new() { Kind = LegalBasisKind.StatutoryDuty };
}
