using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Exchange.Node.Outages;

/// <summary>Planned outages, over gRPC, for operators.</summary>
internal sealed class OutageService(OutageBook book, TimeProvider time) : V1.OutageService.OutageServiceBase
{
    public override async Task<AnnounceOutageResponse> AnnounceOutage(
        AnnounceOutageRequest request, ServerCallContext context)
    {
        var from = request.StartTime is null ? (DateTimeOffset?)null : Moment("start_time", request.StartTime);
        var until = Moment("end_time", request.EndTime);
        return new AnnounceOutageResponse
        {
            Outage = await book.AnnounceAsync(from, until, request.Reason.Trim(), context.CancellationToken),
        };
    }

    public override async Task<ListOutagesResponse> ListOutages(ListOutagesRequest request, ServerCallContext context)
    {
        var now = time.GetUtcNow();
        var outages = await book.AllAsync(context.CancellationToken);
        return new ListOutagesResponse
        {
            Outages = { outages.Where(outage => request.IncludePast || !OutageRules.IsOver(outage, now)) },
        };
    }

    public override async Task<CancelOutageResponse> CancelOutage(
        CancelOutageRequest request, ServerCallContext context) => new()
        {
            Outage = await book.CancelAsync(
                RecordResolver.ParseId("id", request.Id), context.CancellationToken),
        };

    private static DateTimeOffset Moment(string field, Timestamp? given)
    {
        try
        {
            return given?.ToDateTimeOffset() ?? throw ExchangeException.Invalid(field, "Say when.");
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw ExchangeException.Invalid(field, "It isn't a moment that exists.");
        }
    }
}
