using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Outages;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Reviews;

/// <summary>What a person should look at, over gRPC.</summary>
internal sealed class ReviewService(
    PartialRecords partial, IdentityReviews reviews, RecordReach reaches, TimeProvider time)
    : V1.ReviewService.ReviewServiceBase
{
    public override async Task<ListPartialRecordsResponse> ListPartialRecords(
        ListPartialRecordsRequest request, ServerCallContext context)
    {
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListPartialRecordsRequest { Kind = request.Kind, Peer = request.Peer };
        var after = PageToken.Decode(request.PageToken, scope, time);
        var (records, next) = await partial.ReadAsync(
            request.Kind, request.Peer, size, after, context.CancellationToken);
        return new ListPartialRecordsResponse
        {
            Records =
            {
                await reaches.Of(context).FilterAsync(
                    records, record => KeyOf(record.Kind, record.Id), context.CancellationToken),
            },
            NextPageToken = PageToken.Encode(next, scope, time),
        };
    }

    public override async Task<ConfirmPartialRecordResponse> ConfirmPartialRecord(
        ConfirmPartialRecordRequest request, ServerCallContext context)
    {
        var key = new RecordKey(request.Kind, RecordResolver.ParseId("id", request.Id));
        await reaches.Of(context).RequireReadAsync(key, context.CancellationToken);
        return new ConfirmPartialRecordResponse { Etag = await partial.ConfirmAsync(key, context.CancellationToken) };
    }

    public override async Task<ListIdentityReviewsResponse> ListIdentityReviews(
        ListIdentityReviewsRequest request, ServerCallContext context)
    {
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListIdentityReviewsRequest { IncludeSettled = request.IncludeSettled };
        var after = PageToken.Decode(request.PageToken, scope, time)?.Id ?? Guid.Empty;
        await reviews.CatchUpAsync(context.CancellationToken);
        var (found, next) = await reviews.ReadAsync(request.IncludeSettled, size, after, context.CancellationToken);
        return new ListIdentityReviewsResponse
        {
            Reviews = { await ReachedAsync(found, reaches.Of(context), context.CancellationToken) },
            NextPageToken = PageToken.Encode(next is { } id ? new QueryCursor("", id) : null, scope, time),
        };
    }

    public override async Task<SettleIdentityReviewResponse> SettleIdentityReview(
        SettleIdentityReviewRequest request, ServerCallContext context)
    {
        var id = RecordResolver.ParseId("id", request.Id);
        var note = request.Note.Trim();
        if (note.Length > 0 && !OutageRules.IsReason(note))
        {
            throw ExchangeException.Invalid("note", "Write one line of at most 200 characters.");
        }

        if (PersonalNumbers.StandIn(note))
        {
            throw ExchangeException.Invalid("note", "It holds a long number. Name no person in it.");
        }

        await RequireAsync(id, reaches.Of(context), context.CancellationToken);
        return new SettleIdentityReviewResponse
        {
            Review = await reviews.SettleAsync(id, request.Verdict, note, context.CancellationToken),
        };
    }

    // A finding shows all the records that share a number, so all of them must be reached.
    private static async Task<IReadOnlyList<IdentityReview>> ReachedAsync(
        IEnumerable<IdentityReview> found, CallReach reach, CancellationToken cancellationToken)
    {
        var reached = new List<IdentityReview>();
        foreach (var review in found)
        {
            var records = await reach.FilterAsync(
                review.Records, record => KeyOf(review.Kind, record.Id), cancellationToken);
            if (records.Count == review.Records.Count)
            {
                reached.Add(review);
            }
        }

        return reached;
    }

    private async Task RequireAsync(Guid id, CallReach reach, CancellationToken cancellationToken)
    {
        if (reach.Reach.IsWhole)
        {
            return;
        }

        var review = await reviews.FindAsync(id, cancellationToken);
        if (review is null || (await ReachedAsync([review], reach, cancellationToken)).Count == 0)
        {
            throw Reach.Outside("identity review");
        }
    }

    private static RecordKey KeyOf(string kind, string id) => new(kind, Guid.Parse(id));
}
