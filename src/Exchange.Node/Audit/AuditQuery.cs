using System.Globalization;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>Finds entries by reading the chain, which has no index: a page looks at a bounded number of them.</summary>
internal sealed class AuditQuery(IRecordStore store, TimeProvider time)
{
    private const int ReadSize = 1000;

    // What one call looks through, so that it ends within seconds however long the chain is.
    private const int MaxRead = 200_000;

    /// <summary>Answers one page.</summary>
    public async Task<QueryAuditResponse> RunAsync(QueryAuditRequest request, CancellationToken cancellationToken)
    {
        var size = PageToken.PageSize(request.PageSize);
        var id = request.Id.Length == 0 ? (Guid?)null : RecordResolver.ParseId("id", request.Id);
        var scope = request.Clone();
        (scope.PageToken, scope.PageSize) = ("", 0);
        var after = PageToken.DecodeNumber(request.PageToken, scope, time) ?? request.AfterSequence;
        var response = new QueryAuditResponse();
        for (var read = 0; response.Entries.Count < size && read < MaxRead;)
        {
            var page = await store.ReadEntriesAsync(
                AuditChain.Collection, default, AuditChain.KeyOf(after), ReadSize, cancellationToken);
            if (page.Count == 0)
            {
                return response;
            }

            read += page.Count;
            foreach (var stored in page)
            {
                after = AuditChain.SequenceOf(stored.Key.Span) ?? after + 1;
                if (AuditChain.Read(stored.Value) is { } entry && Matches(entry, request, id))
                {
                    response.Entries.Add(entry);
                    if (response.Entries.Count == size)
                    {
                        break;
                    }
                }
            }
        }

        var next = new QueryCursor(after.ToString(CultureInfo.InvariantCulture), Guid.Empty);
        response.NextPageToken = PageToken.Encode(next, scope, time);
        return response;
    }

    private static bool Matches(AuditEntry entry, QueryAuditRequest request, Guid? id) =>
        (request.Actions.Count == 0 || request.Actions.Contains(entry.Action))
        && (request.Actor.Length == 0 || entry.Actor.Name == request.Actor)
        && (request.SinceTime is null || entry.Time >= request.SinceTime)
        && (id is not { } wanted || entry.Targets.Any(target => Names(target.Ids.Span, wanted)));

    private static bool Names(ReadOnlySpan<byte> ids, Guid wanted)
    {
        Span<byte> bytes = stackalloc byte[RecordKeyBytes.IdLength];
        RecordKeyBytes.WriteId(wanted, bytes);
        for (; ids.Length >= bytes.Length; ids = ids[bytes.Length..])
        {
            if (ids[..bytes.Length].SequenceEqual(bytes))
            {
                return true;
            }
        }

        return false;
    }
}
