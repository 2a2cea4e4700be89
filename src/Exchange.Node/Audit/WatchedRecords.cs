using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>What one stream has shown; its beginning is in the chain already.</summary>
internal sealed class WatchedRecords(AuditTrail trail, AuditContext context) : IAsyncDisposable
{
    // So many ids are at most missing from the chain when the process is killed.
    private const int MostUnnoted = 1000;

    private AuditDraft? _draft;
    private int _unnoted;

    /// <summary>Records are about to be shown.</summary>
    public async ValueTask AddAsync(IEnumerable<RecordKey> shown, CancellationToken cancellationToken)
    {
        _draft ??= new AuditDraft(context, AuditAction.Watched);
        foreach (var key in shown)
        {
            _draft.Add(key);
            _unnoted++;
        }

        if (_unnoted >= MostUnnoted)
        {
            await WriteAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await WriteAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is StoreException or ObjectDisposedException)
        {
            // The stream's own end is what its caller must hear of; that it was open is in the chain.
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_draft is { IsEmpty: false } draft)
        {
            (_draft, _unnoted) = (null, 0);
            await trail.WriteAsync(draft, cancellationToken);
        }
    }
}
