using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Reviews;

/// <summary>
/// Findings about ID numbers, for people: worked out from the feed, behind every way in which records are written, and
/// kept with the place up to which the feed was looked at. The numbers themselves are nowhere here, only blind tokens.
/// </summary>
#pragma warning disable CA1001 // The semaphore's wait handle is never asked for, so there is nothing to dispose.
internal sealed class IdentityReviews(IRecordStore store, RecordKinds kinds, NodeIdentity identity, TimeProvider time)
{
    /// <summary>The collection of findings, by id.</summary>
    public const string Findings = "identity-reviews";

    /// <summary>The most that are counted.</summary>
    public const int MaxCounted = 10_000;

    // Record to the finding that it is part of; and the finding's token, by which its records are found.
    private const string Members = "identity-review-records";
    private const string Tokens = "identity-review-tokens";
    private const string Cursor = "identity-review-cursor";

    private const int PageSize = 1000;
    private const int MaxRecords = 100;

    // A cursor that lags costs reading again, one that is written for every record costs a flush each.
    private const int MaxUnsaved = 10_000;

    private readonly HashSet<string> _kinds =
        [.. kinds.All.Where(kind => kind.PersonIndex is not null).Select(kind => kind.Name)];

    private readonly SemaphoreSlim _turn = new(1);
    private ReviewCursor? _cursor;
    private int _unsaved;

    /// <summary>Looks at everything that was written since it last did.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (!await LookAtPageAsync(cancellationToken))
            {
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Returns a page of findings, and the last id looked at; null at the end.</summary>
    public async Task<(List<IdentityReview> Reviews, Guid? Next)> ReadAsync(
        bool includeSettled, int limit, Guid after, CancellationToken cancellationToken)
    {
        var found = new List<IdentityReview>();
        while (true)
        {
            ReadOnlyMemory<byte> from = after == Guid.Empty ? default : KeyOf(after);
            var entries = await store.ReadEntriesAsync(Findings, default, from, PageSize, cancellationToken);
            foreach (var entry in entries)
            {
                var review = IdentityReview.Parser.ParseFrom(entry.Value.Span);
                after = Guid.Parse(review.Id);
                if (includeSettled || review.Verdict == IdentityVerdict.Unspecified)
                {
                    found.Add(review);
                }

                if (found.Count == limit)
                {
                    return (found, after);
                }
            }

            if (entries.Count < PageSize)
            {
                return (found, null);
            }
        }
    }

    /// <summary>How many are open, counted up to <see cref="MaxCounted"/>.</summary>
    public async Task<int> CountOpenAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(includeSettled: false, MaxCounted, Guid.Empty, cancellationToken)).Reviews.Count;

    /// <summary>Takes down what a person found.</summary>
    /// <exception cref="ExchangeException">There is no such finding, or the verdict doesn't fit.</exception>
    public async Task<IdentityReview> SettleAsync(
        Guid id, IdentityVerdict verdict, string note, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var review = await FindAsync(id, cancellationToken)
                ?? throw ExchangeException.NotFound("identity review", id.ToString());
            var fits = review.Finding == IdentityFinding.InvalidNumber
                ? verdict is IdentityVerdict.Noted
                : verdict is IdentityVerdict.DifferentPersons or IdentityVerdict.SamePerson;
            if (!fits)
            {
                throw ExchangeException.Invalid(
                    "verdict", "Say DIFFERENT_PERSONS or SAME_PERSON; of an invalid number, NOTED.");
            }

            (review.Verdict, review.Note, review.SettleTime) = (verdict, note, time.GetUtcNow().ToTimestamp());
            var write = new EntryWrite(Findings, KeyOf(id), review.ToByteArray());
            await store.CommitAsync(new Commit { Entries = [write] }, cancellationToken);
            return review;
        }
        finally
        {
            _turn.Release();
        }
    }

    // True at the head of the feed.
    private async Task<bool> LookAtPageAsync(CancellationToken cancellationToken)
    {
        _cursor ??= await LoadAsync(cancellationToken);
        if (_cursor.Epoch != store.Epoch)
        {
            _cursor = new ReviewCursor(store.Epoch, FeedPosition.Start, _cursor.HasForeign);
        }

        FeedPage page;
        try
        {
            page = await store.ReadFeedAsync(_cursor.Position, PageSize, cancellationToken);
        }
        catch (FeedTrimmedException)
        {
            _cursor = _cursor with { Position = FeedPosition.Start };
            return false;
        }

        var records = page.Records.Where(record => _kinds.Contains(record.Key.Kind)).ToList();
        var hasForeign = _cursor.HasForeign || records.Exists(IsForeign);
        var entries = await WorkOutAsync(records, hasForeign, cancellationToken);
        var next = new ReviewCursor(_cursor.Epoch, page.Next, hasForeign);
        _unsaved += page.Records.Count;
        if (entries.Count > 0 || hasForeign != _cursor.HasForeign || _unsaved >= MaxUnsaved)
        {
            entries.Add(new EntryWrite(Cursor, new byte[] { 0 }, next.ToBytes()));
            await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
            _unsaved = 0;
        }

        _cursor = next;
        return page.AtHead;
    }

    private async Task<List<EntryWrite>> WorkOutAsync(
        List<StoredRecord> records, bool hasForeign, CancellationToken cancellationToken)
    {
        var touched = new HashSet<Group>();
        foreach (var record in records)
        {
            // Own records alone can't share a number: their keys are unique.
            if (Group.Of(record) is { } group && (hasForeign || group.Finding == IdentityFinding.InvalidNumber))
            {
                touched.Add(group);
            }
        }

        touched.UnionWith(await LeftAsync(records, cancellationToken));
        var entries = new Dictionary<(string, string), EntryWrite>();
        foreach (var (group, standing) in await StandingAsync([.. touched], cancellationToken))
        {
            foreach (var entry in await WorkOutAsync(group, standing, cancellationToken))
            {
                // A record that goes from one group to another is dropped by the one and taken by the other.
                var key = (entry.Collection, Convert.ToHexString(entry.Key.Span));
                if (entry.Value is not null || !entries.ContainsKey(key))
                {
                    entries[key] = entry;
                }
            }
        }

        return [.. entries.Values];
    }

    // The groups of which the records were part when they were last looked at.
    private async Task<IEnumerable<Group>> LeftAsync(List<StoredRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return [];
        }

        var keys = records.ConvertAll(record => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(record.Key));
        var found = await store.GetEntriesAsync(Members, keys, cancellationToken);
        var ids = found.OfType<ReadOnlyMemory<byte>>().ToList();
        var tokens = ids.Count == 0 ? [] : await store.GetEntriesAsync(Tokens, ids, cancellationToken);
        return tokens.OfType<ReadOnlyMemory<byte>>().Select(bytes => Group.Read(bytes.Span));
    }

    // All in one read: nearly every group has none.
    private async Task<IEnumerable<(Group Group, IdentityReview? Standing)>> StandingAsync(
        List<Group> groups, CancellationToken cancellationToken)
    {
        var keys = groups.ConvertAll(group => (ReadOnlyMemory<byte>)KeyOf(group.Id));
        var found = await store.GetEntriesAsync(Findings, keys, cancellationToken);
        return groups.Zip(found, (group, bytes) => (
            group, bytes is { } held ? IdentityReview.Parser.ParseFrom(held.Span) : null));
    }

    private async Task<IEnumerable<EntryWrite>> WorkOutAsync(
        Group group, IdentityReview? standing, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(group.Kind) { Index = group.Index, Value = group.Token, Limit = MaxRecords };
        var members = (await store.QueryAsync(query, cancellationToken)).Records;
        var before = standing?.Records.Select(record => record.Id).ToList() ?? [];
        if (members.Count < group.Least)
        {
            return standing is null
                ? []
                : [.. Drops(group, before), EntryWrite.Delete(Findings, KeyOf(group.Id)),
                    EntryWrite.Delete(Tokens, KeyOf(group.Id))];
        }

        var now = members.Select(member => member.Key.Id.ToString()).ToList();
        if (now.ToHashSet().SetEquals(before))
        {
            return [];
        }

        var review = new IdentityReview
        {
            Id = group.Id.ToString(),
            Finding = group.Finding,
            Kind = group.Kind,
            FoundTime = time.GetUtcNow().ToTimestamp(),
        };
        review.Records.AddRange(members.Select(member => new ReviewedRecord
        {
            Id = member.Key.Id.ToString(),
            HomeNode = RecordCodec.Envelope(member).HomeNode,
        }));
        return
        [
            .. Drops(group, before.Except(now)),
            .. members.Select(member => new EntryWrite(Members, RecordKeyBytes.Of(member.Key), KeyOf(group.Id))),
            new EntryWrite(Tokens, KeyOf(group.Id), group.ToBytes()),
            new EntryWrite(Findings, KeyOf(group.Id), review.ToByteArray()),
        ];
    }

    private static IEnumerable<EntryWrite> Drops(Group group, IEnumerable<string> records) => records.Select(
        id => EntryWrite.Delete(Members, RecordKeyBytes.Of(new RecordKey(group.Kind, Guid.Parse(id)))));

    /// <summary>One finding; null when there is none of that id.</summary>
    public async Task<IdentityReview?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Findings, [KeyOf(id)], cancellationToken))[0] is { } bytes
            ? IdentityReview.Parser.ParseFrom(bytes.Span)
            : null;

    private async Task<ReviewCursor> LoadAsync(CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Cursor, [new byte[] { 0 }], cancellationToken))[0] is { } bytes
            ? ReviewCursor.Read(bytes.Span)
            : new ReviewCursor(store.Epoch, FeedPosition.Start, HasForeign: false);

    private bool IsForeign(StoredRecord record) =>
        !record.IsTombstone
        && record.Keys.Any(key => key.Name == IndexNames.Person)
        && RecordCodec.Envelope(record).HomeNode != identity.Id;

    private static byte[] KeyOf(Guid id) => id.ToByteArray(bigEndian: true);

    /// <summary>Records that share a token.</summary>
    private sealed record Group(string Kind, IdentityFinding Finding, string Token)
    {
        public string Index => Finding == IdentityFinding.SameNumber ? IndexNames.Person : IndexNames.InvalidNumber;

        public int Least => Finding == IdentityFinding.SameNumber ? 2 : 1;

        public Guid Id => new(
            SHA256.HashData(ToBytes()).AsSpan(0, 16), bigEndian: true);

        public static Group? Of(StoredRecord record)
        {
            foreach (var key in record.Keys)
            {
                if (key.Name is IndexNames.Person or IndexNames.InvalidNumber)
                {
                    var finding = key.Name == IndexNames.Person
                        ? IdentityFinding.SameNumber
                        : IdentityFinding.InvalidNumber;
                    return new Group(record.Key.Kind, finding, key.Value);
                }
            }

            return null;
        }

        public byte[] ToBytes() => Encoding.UTF8.GetBytes($"{Kind} {(int)Finding} {Token}");

        public static Group Read(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes).Split(' ', 3) is
            [var kind, var finding, var token]
            ? new Group(kind, finding == "1" ? IdentityFinding.SameNumber : IdentityFinding.InvalidNumber, token)
            : throw new InvalidDataException("A finding about ID numbers can't be read.");
    }
}
