using System.Text;

namespace Exchange.Store.CrashWriter;

/// <summary>Checks a store that was left in the middle of its work. Throws with what is wrong.</summary>
internal static class CrashCheck
{
    private const int PageSize = 500;

    /// <summary>
    /// Every acknowledged commit is there, every commit is there whole or not at all, and the feed, the counters, the
    /// keys and the request ids agree with the records.
    /// </summary>
    /// <param name="store">The store, opened again.</param>
    /// <param name="acknowledged">For each writer the number of its last acknowledged commit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task RunAsync(
        IRecordStore store, IReadOnlyList<int> acknowledged, CancellationToken cancellationToken)
    {
        var expected = new Dictionary<RecordKey, string?>();
        for (var writer = 0; writer < acknowledged.Count; writer++)
        {
            var stored = await CrashScript.ProgressAsync(store, writer);
            Require(
                stored >= acknowledged[writer],
                $"writer {writer}: commit {acknowledged[writer]} was acknowledged, but only {stored} are stored");
            foreach (var (key, payload) in CrashScript.Expected(writer, stored))
            {
                expected.Add(key, payload);
            }

            await CheckRequestAsync(store, writer, acknowledged[writer], cancellationToken);
        }

        await CheckFeedAsync(store, expected, cancellationToken);
        await CheckKeysAsync(store, expected, cancellationToken);
    }

    private static async Task CheckRequestAsync(
        IRecordStore store, int writer, int acknowledged, CancellationToken cancellationToken)
    {
        if (acknowledged > 0)
        {
            var again = await store.CommitAsync(CrashScript.Commit(writer, acknowledged), cancellationToken);
            Require(again.IsRepeat, $"writer {writer}: request {acknowledged} is forgotten");
        }
    }

    private static async Task CheckFeedAsync(
        IRecordStore store, Dictionary<RecordKey, string?> expected, CancellationToken cancellationToken)
    {
        var seen = new HashSet<RecordKey>();
        var (last, tombstones) = (0L, 0);
        var after = FeedPosition.Start;
        for (var atHead = false; !atHead;)
        {
            var page = await store.ReadFeedAsync(after, PageSize, cancellationToken);
            foreach (var record in page.Records)
            {
                Require(record.Position.Value > last, $"position {record.Position.Value} comes behind {last}");
                Require(seen.Add(record.Key), $"'{record.Key}' is in the feed twice");
                Require(expected.TryGetValue(record.Key, out var payload), $"'{record.Key}' is of a torn commit");
                var actual = record.IsTombstone ? null : Encoding.UTF8.GetString(record.Payload.Span);
                Require(actual == payload, $"'{record.Key}' holds '{actual}', not '{payload}'");
                (last, tombstones) = (record.Position.Value, tombstones + (record.IsTombstone ? 1 : 0));
            }

            (after, atHead) = (page.Next, page.AtHead);
        }

        Require(seen.Count == expected.Count, $"{expected.Count - seen.Count} records are missing from the feed");
        var status = await store.GetStatusAsync(cancellationToken);
        Require(status.Head.Value >= last, $"the head is {status.Head.Value}, but the feed goes to {last}");
        var counted = status.Kinds.GetValueOrDefault(CrashScript.Kind);
        Require(
            counted == new KindCount(seen.Count - tombstones, tombstones),
            $"the counters say {counted}, but there are {seen.Count - tombstones} records and {tombstones} tombstones");
    }

    private static async Task CheckKeysAsync(
        IRecordStore store, Dictionary<RecordKey, string?> expected, CancellationToken cancellationToken)
    {
        var found = 0;
        var query = new RecordQuery(CrashScript.Kind) { Index = "external", IsPrefix = true, Limit = PageSize };
        for (var next = query; next is not null;)
        {
            var page = await store.QueryAsync(next, cancellationToken);
            foreach (var record in page.Records)
            {
                Require(expected.GetValueOrDefault(record.Key) is not null, $"'{record.Key}' has a key but is deleted");
                Require(
                    record.Keys[0].Value == CrashScript.External(record.Key), $"'{record.Key}' is under another's key");
                found++;
            }

            next = page.Next is null ? null : query with { After = page.Next };
        }

        var live = expected.Values.Count(payload => payload is not null);
        Require(found == live, $"{live} records are live, but {found} are found by their key");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"After the crash, {otherwise}.");
        }
    }
}
