using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>Reads and checks the published reports that are held, its own and its partners'.</summary>
internal sealed class PublishedReports(
    IRecordStore store,
    RecordCodec codec,
    SyncPeers peers,
    NodeIdentity identity,
    NodeKeys keys)
{
    private const int PageSize = 1000;

    /// <summary>A report as it is held; null for none.</summary>
    public async Task<HeldReport?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var key = new RecordKey(PublishedReportKind.KindName, RecordResolver.ParseId("id", id));
        return await store.GetAsync(key, cancellationToken) is { IsTombstone: false } stored ? Read(stored) : null;
    }

    /// <summary>The ids of the reports that correct one.</summary>
    public async Task<IReadOnlyList<string>> CorrectionsAsync(string id, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(PublishedReportKind.KindName)
        {
            Index = PublishedReportKind.KindName,
            Value = id,
            Limit = PageSize,
        };
        return await store.QueryAllAsync(query, cancellationToken)
            .Select(stored => stored.Key.Id.ToString()).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The newest good report of each of some divisions in which a figure of a scope stands, corrected ones left out.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, Figure>> FindAsync(
        FigureScope scope, IEnumerable<string> divisions, DateOnly asOf, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Figure>(StringComparer.Ordinal);
        foreach (var division in divisions)
        {
            var wanted = scope.Clone();
            wanted.DivisionCode = division;
            var held = await HeldOfAsync(division, cancellationToken);
            var newest = held.Where(report => !held.Exists(other => other.Statement!.CorrectedReportId == report.Id))
                .Where(report => DateRules.Day(report.Statement!.AsOfDate) <= asOf)
                .OrderByDescending(report => DateRules.Day(report.Statement!.AsOfDate))
                .ThenByDescending(report => report.Id, StringComparer.Ordinal)
                .Select(report => report.Statement!.Figures.FirstOrDefault(figure => wanted.Equals(figure.Scope)))
                .OfType<Figure>().FirstOrDefault();
            if (newest is not null)
            {
                found.Add(division, newest);
            }
        }

        return found;
    }

    private async Task<List<HeldReport>> HeldOfAsync(string division, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(PublishedReportKind.KindName)
        {
            Index = IndexNames.Division,
            Value = division,
            Limit = PageSize,
        };
        return await store.QueryAllAsync(query, cancellationToken)
            .Select(Read).Where(report => report is { Statement: not null, IsGood: true })
            .ToListAsync(cancellationToken);
    }

    private HeldReport Read(StoredRecord stored)
    {
        var record = codec.Decode(stored);
        var report = record.Payload?.Unpack<PublishedReport>() ?? new PublishedReport();
        var statement = PublishedReportKind.Read(report);
        var isGood = statement is not null
            && report.Signature is { } signature
            && signature.Node == record.HomeNode
            && SignerOf(record.HomeNode).Verify(report.Statement.Span, signature);
        return new HeldReport(record.Id, record.HomeNode, statement, isGood);
    }

    // Of a node with which nothing is agreed no key is known, so that nothing of it is good.
    private NodeReceiptSigner SignerOf(string node) =>
        new(identity, keys, peers.TryFind(node, out var peer) ? peer.Versions : []);
}

/// <summary>A report that is held.</summary>
/// <param name="Id">Its record.</param>
/// <param name="HomeNode">The node that signed it.</param>
/// <param name="Statement">What it says; null when it can't be read, or isn't what its record says.</param>
/// <param name="IsGood">The signature is its home's.</param>
internal sealed record HeldReport(string Id, string HomeNode, PublishedReportStatement? Statement, bool IsGood);
