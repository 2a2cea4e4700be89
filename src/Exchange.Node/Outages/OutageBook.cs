using System.Text;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Outages;

/// <summary>
/// The planned outages of this node and of its partners. One that was called off before it began is forgotten, one that
/// was called off later ended then; an outage that is over is remembered for 400 days, because so long it still decides
/// what is kept for a partner.
/// </summary>
#pragma warning disable CA1001 // The semaphore's wait handle is never asked for, so there is nothing to dispose.
internal sealed class OutageBook(IRecordStore store, NodeIdentity identity, TimeProvider time)
{
    private const string Collection = "outages";
    private const int MaxKept = 10_000;

    private readonly SemaphoreSlim _turn = new(1);
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>
    /// Completes when this node's own outages change. Take it before reading them, or a change is missed.
    /// </summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Plans an outage of this node, or finds the same one planned already.</summary>
    /// <exception cref="ExchangeException">Its times or its reason are wrong.</exception>
    public async Task<PlannedOutage> AnnounceAsync(
        DateTimeOffset? from, DateTimeOffset until, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var start = from ?? now;
        Check(start, until, now);
        if (!OutageRules.IsReason(reason))
        {
            throw ExchangeException.Invalid(
                "reason", $"Say why on one line, in 1 to {OutageRules.MaxReasonLength} characters.");
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            var planned = await OwnAsync(cancellationToken);
            if (planned.FirstOrDefault(known => IsSame(known, from, until, reason)) is { } known)
            {
                return known;
            }

            if (planned.Count == OutageRules.MaxPlanned)
            {
                throw ExchangeException.Invalid(
                    "start_time", $"{OutageRules.MaxPlanned} outages are planned already. Call one off first.");
            }

            var outage = new PlannedOutage
            {
                Id = Guid.CreateVersion7(now).ToString(),
                Node = identity.Id,
                StartTime = start.ToTimestamp(),
                EndTime = until.ToTimestamp(),
                Reason = reason,
                AnnounceTime = now.ToTimestamp(),
            };
            await store.CommitAsync(new Commit { Entries = [Write(outage)] }, cancellationToken);
            Raise();
            return outage;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Calls off an outage of this node; returns what became of it.</summary>
    /// <exception cref="ExchangeException">This node has none of that id.</exception>
    public async Task<PlannedOutage> CancelAsync(Guid id, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var outage = (await OfAsync(identity.Id, cancellationToken)).FirstOrDefault(o => o.Id == id.ToString())
                ?? throw ExchangeException.NotFound("outage", id.ToString());
            var now = time.GetUtcNow();
            if (OutageRules.IsOver(outage, now))
            {
                return outage;
            }

            await store.CommitAsync(new Commit { Entries = [CallOff(outage, now)] }, cancellationToken);
            Raise();
            return outage;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes what a partner says of its own outages in place of what it said before.</summary>
    /// <param name="peer">The partner.</param>
    /// <param name="told">All that aren't over; checked by <see cref="OutageRules.FaultOf"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task TakeAsync(
        string peer, IReadOnlyCollection<PlannedOutage> told, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ids = told.Select(outage => outage.Id).ToHashSet(StringComparer.Ordinal);
        var gone = (await PlannedAsync(peer, cancellationToken)).Where(outage => !ids.Contains(outage.Id));
        EntryWrite[] entries = [.. gone.Select(outage => CallOff(outage, now)), .. told.Select(Write)];
        if (entries.Length > 0)
        {
            await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
        }
    }

    /// <summary>All outages that are remembered, by the time at which they begin.</summary>
    public async Task<IReadOnlyList<PlannedOutage>> AllAsync(CancellationToken cancellationToken) =>
        Ordered(await store.ReadEntriesAsync(Collection, default, default, MaxKept, cancellationToken));

    /// <summary>The outages of this node that aren't over.</summary>
    public Task<IReadOnlyList<PlannedOutage>> OwnAsync(CancellationToken cancellationToken) =>
        PlannedAsync(identity.Id, cancellationToken);

    /// <summary>The outages of one node that aren't over.</summary>
    public async Task<IReadOnlyList<PlannedOutage>> PlannedAsync(string node, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return [.. (await OfAsync(node, cancellationToken)).Where(outage => !OutageRules.IsOver(outage, now))];
    }

    /// <summary>The outages that count between this node and a partner: its own and the partner's.</summary>
    public async Task<IReadOnlyList<PlannedOutage>> BetweenAsync(string peer, CancellationToken cancellationToken) =>
        [.. (await AllAsync(cancellationToken)).Where(outage => outage.Node == peer || outage.Node == identity.Id)];

    /// <summary>Forgets the outages that were over before a moment.</summary>
    public async Task ForgetAsync(DateTimeOffset overBefore, CancellationToken cancellationToken)
    {
        var old = (await AllAsync(cancellationToken)).Where(outage => OutageRules.IsOver(outage, overBefore));
        EntryWrite[] drops = [.. old.Select(outage => EntryWrite.Delete(Collection, KeyOf(outage)))];
        if (drops.Length > 0)
        {
            await store.CommitAsync(new Commit { Entries = drops }, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<PlannedOutage>> OfAsync(string node, CancellationToken cancellationToken) =>
        Ordered(await store.ReadEntriesAsync(Collection, PrefixOf(node), default, MaxKept, cancellationToken));

    private static IReadOnlyList<PlannedOutage> Ordered(IReadOnlyList<Entry> entries) =>
    [
        .. entries
            .Select(entry => PlannedOutage.Parser.ParseFrom(entry.Value.Span))
            .OrderBy(outage => outage.StartTime).ThenBy(outage => outage.Id, StringComparer.Ordinal),
    ];

    private static void Check(DateTimeOffset start, DateTimeOffset until, DateTimeOffset now)
    {
        if (until <= start || until <= now)
        {
            throw ExchangeException.Invalid("end_time", "It must be later than the start, and yet to come.");
        }

        if (until - start > OutageRules.Longest)
        {
            throw ExchangeException.Invalid(
                "end_time",
                $"An outage lasts at most {OutageRules.Longest.TotalDays} days. Announce another after it.");
        }

        if ((start - now).Duration() > OutageRules.Longest)
        {
            throw ExchangeException.Invalid(
                "start_time", $"It must be within {OutageRules.Longest.TotalDays} days from now.");
        }
    }

    // Without a start the moment of the call is meant, which a repeat doesn't know any more.
    private static bool IsSame(PlannedOutage known, DateTimeOffset? from, DateTimeOffset until, string reason) =>
        (from is null ? known.StartTime.Equals(known.AnnounceTime) : known.StartTime.Equals(from.Value.ToTimestamp()))
        && known.EndTime.Equals(until.ToTimestamp())
        && known.Reason == reason;

    private static EntryWrite CallOff(PlannedOutage outage, DateTimeOffset now)
    {
        if (outage.StartTime.ToDateTimeOffset() >= now)
        {
            return EntryWrite.Delete(Collection, KeyOf(outage));
        }

        outage.EndTime = now.ToTimestamp();
        return Write(outage);
    }

    private static EntryWrite Write(PlannedOutage outage) => new(Collection, KeyOf(outage), outage.ToByteArray());

    private static byte[] KeyOf(PlannedOutage outage) =>
        [.. PrefixOf(outage.Node), .. Guid.Parse(outage.Id).ToByteArray(bigEndian: true)];

    private static byte[] PrefixOf(string node) => [.. Encoding.UTF8.GetBytes(node), 0];

    private void Raise() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
