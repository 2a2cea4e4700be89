using Exchange.Store;

namespace Exchange.Node.Records;

/// <summary>Claims the id of a unary request that writes several items.</summary>
internal static class RequestClaim
{
    /// <summary>
    /// Before the first item is written: an id that names another request must write nothing of this one.
    /// </summary>
    /// <param name="store">Where claims are kept.</param>
    /// <param name="scope">The request.</param>
    /// <param name="validateOnly">Claims nothing, and refuses what is claimed for another.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="RequestIdReusedException">It names another request.</exception>
    public static async Task TakeAsync(
        IRecordStore store, PutScope scope, bool validateOnly, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await store.GetEntriesAsync(PutScope.Streams, [scope.StreamKey], cancellationToken);
            if (found[0] is { } claim)
            {
                if (scope.HasMarkOf(claim.Span))
                {
                    return;
                }

                throw new RequestIdReusedException(scope.Stream);
            }

            if (validateOnly)
            {
                return;
            }

            var entry = new EntryWrite(PutScope.Streams, scope.StreamKey, scope.Fence, EntryExpectation.Absent);
            try
            {
                await store.CommitAsync(new Commit { Entries = [entry] }, cancellationToken);
                return;
            }
            catch (EntryConflictException)
            {
                // The id came twice at once; what the other one claimed it for is there now.
            }
        }
    }
}
