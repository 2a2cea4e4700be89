using System.Collections.Concurrent;
using System.Text;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Access;

/// <summary>
/// The credentials of local systems: kept in the store, held in memory, and ended on time. They are few.
/// </summary>
#pragma warning disable CA1001 // The semaphore's wait handle is never asked for, so there is nothing to dispose.
internal sealed partial class CredentialBook(IRecordStore store, TimeProvider time, ILogger<CredentialBook> log)
    : BackgroundService
{
    private const string Collection = "credentials";
    private const int MaxKept = 10_000;

    // How late the last day of use is told.
    private static readonly TimeSpan Noting = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<HeldCredential, bool> _used = new();
    private volatile Known? _known;
    private TaskCompletionSource _changed = NewSignal();
    private DateTimeOffset? _noteAt;

    /// <summary>Finds what a hash is known as.</summary>
    public async ValueTask<HeldCredential?> FindAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken)
    {
        return (await KnownAsync(cancellationToken)).ByHash.GetValueOrDefault(HeldCredential.KeyOf(hash.Span));
    }

    /// <summary>Notes that a credential was shown.</summary>
    public void Use(HeldCredential credential)
    {
        if (DateRules.Day(credential.Told.LastUsedDate) != NodeIdentity.Today(time) && _used.TryAdd(credential, true))
        {
            Raise();
        }
    }

    /// <summary>All credentials by name.</summary>
    public async Task<IReadOnlyList<Credential>> AllAsync(bool includeEnded, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return
        [
            .. (await KnownAsync(cancellationToken)).All
                .Where(held => includeEnded || held.FaultAt(now) is null)
                .Select(held => held.Told.Clone())
                .OrderBy(told => told.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Keeps a new credential.</summary>
    /// <exception cref="ExchangeException">Its name is taken, or its key is another good one's.</exception>
    public async Task AddAsync(HeldCredential added, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var known = await LoadAsync(cancellationToken);
            CheckFree(known, added);
            await WriteAsync(added, added.Told, cancellationToken);
            _known = known.With(added);
            Raise();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Revokes a credential and ends what it has open.</summary>
    /// <exception cref="ExchangeException">There never was one of that name.</exception>
    public async Task<Credential> RevokeAsync(string name, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var held = (await LoadAsync(cancellationToken)).All.FirstOrDefault(held => held.Told.Name == name)
                ?? throw ExchangeException.NotFound("credential", name);
            if (held.Told.RevokeTime is null)
            {
                var told = held.Told.Clone();
                told.RevokeTime = time.GetUtcNow().ToTimestamp();
                await WriteAsync(held, told, cancellationToken);
                held.Become(told, time.GetUtcNow());
            }

            return held.Told.Clone();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes down the day on which credentials were last shown.</summary>
    public async Task NoteUseAsync(CancellationToken cancellationToken)
    {
        foreach (var held in _used.Keys)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                _used.TryRemove(held, out _);
                var told = held.Told.Clone();
                var today = NodeIdentity.Today(time);
                told.LastUsedDate = DateRules.ToDate(today);
                await WriteAsync(held, told, cancellationToken);
                held.Become(told, time.GetUtcNow());
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // Taken before the credentials are looked at, or a change in between would be slept through.
            var changed = Volatile.Read(ref _changed).Task;
            try
            {
                var wait = await LookAfterAsync(stoppingToken);
                await changed.WaitAsync(wait, time, stoppingToken);
            }
            catch (TimeoutException)
            {
                // Something is due.
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Whatever it is: a node that stopped for it would serve nobody.
                Failed(exception);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    // Ends what has expired and notes what was used; returns how long nothing is due.
    private async Task<TimeSpan> LookAfterAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? next = null;
        foreach (var held in (await KnownAsync(cancellationToken)).All)
        {
            held.EndIfDue(now);
            if (held.FaultAt(now) is null && !(next < held.Told.ExpireTime.ToDateTimeOffset()))
            {
                next = held.Told.ExpireTime.ToDateTimeOffset();
            }
        }

        if (_noteAt <= now)
        {
            await NoteUseAsync(cancellationToken);
            _noteAt = null;
        }

        if (!_used.IsEmpty)
        {
            _noteAt ??= now + Noting;
            next = next < _noteAt ? next : _noteAt;
        }

        return next is null ? Timeout.InfiniteTimeSpan
            : next.Value - now is var wait && wait < LongestWait ? wait
            : LongestWait;
    }

    private void Raise() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void CheckFree(Known known, HeldCredential added)
    {
        var name = added.Told.Name;
        if (known.All.Any(held => held.Told.Name == name))
        {
            throw Taken("name", name, $"There is, or was, a credential '{name}'. Give this one another name.");
        }

        if (known.ByHash.TryGetValue(added.Key, out var other) && other.FaultAt(time.GetUtcNow()) is null)
        {
            throw Taken("key_fingerprint", other.Told.Name, $"The key is that of '{other.Told.Name}' already.");
        }
    }

    private static ExchangeException Taken(string index, string existing, string message) => new(
        StatusCode.AlreadyExists,
        ErrorReason.DuplicateKey,
        message,
        ("kind", "credential"),
        ("index", index),
        ("existing_id", existing));

    private async ValueTask<Known> KnownAsync(CancellationToken cancellationToken)
    {
        if (_known is { } known)
        {
            return known;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await LoadAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<Known> LoadAsync(CancellationToken cancellationToken)
    {
        if (_known is { } known)
        {
            return known;
        }

        var entries = await store.ReadEntriesAsync(Collection, default, default, MaxKept, cancellationToken);
        var loaded = new Known([]);
        foreach (var held in entries.Select(entry => HeldCredential.Read(entry.Value))
            .OrderBy(held => held.Told.CreateTime))
        {
            held.EndIfDue(time.GetUtcNow());
            loaded = loaded.With(held);
        }

        return _known = loaded;
    }

    private async Task WriteAsync(HeldCredential held, Credential told, CancellationToken cancellationToken)
    {
        var entry = new EntryWrite(Collection, Encoding.UTF8.GetBytes(told.Name), held.ToBytes(told));
        await store.CommitAsync(new Commit { Entries = [entry] }, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "The credentials can't be looked after; trying again")]
    private partial void Failed(Exception exception);

    // Of two with the same key the newer one counts: the other one has ended.
    private sealed record Known(IReadOnlyList<HeldCredential> All)
    {
        public Dictionary<string, HeldCredential> ByHash { get; private init; } = [];

        public Known With(HeldCredential added) => new([.. All, added])
        {
            ByHash = new Dictionary<string, HeldCredential>(ByHash) { [added.Key] = added },
        };
    }
}
