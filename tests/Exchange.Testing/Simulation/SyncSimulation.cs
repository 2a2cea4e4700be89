using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>
/// Some nodes, the sessions between pairs of them and a seed that decides everything that chance decides outside: which
/// operation commits next, what the wire does, when somebody writes, stops, cuts or crashes. First with trouble, then
/// quiet, and at the end all must hold the same.
/// </summary>
internal sealed class SyncSimulation(IReadOnlyList<SimulatedPair> pairs, int seed, SimulationOptions options)
{
    // The chances of two pairs have nothing to do with each other.
    private const int SeedStep = 1_000_003;

    // Longer than every timeout of a session together.
    private static readonly TimeSpan Stalled = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(seed);
    private readonly List<SimulatedSessions> _all =
        [.. pairs.Select((pair, i) => new SimulatedSessions(pair, seed + (i * SeedStep), options))];
    private int _writes;
    private int _faults;
    private int _step;

    /// <summary>Called after every commit for a pair; returns a broken promise, or null.</summary>
    public required Func<SimulatedPair, Task<string?>> Check { get; init; }

    /// <summary>Called when all is quiet; returns what still differs, or null.</summary>
    public required Func<Task<string?>> Compare { get; init; }

    /// <summary>Called once, when the trouble is over and before the last sessions begin.</summary>
    public Func<Task> Calm { get; init; } = () => Task.CompletedTask;

    /// <summary>Called before each session of a pair, while that has none.</summary>
    public Func<SimulatedPair, Task> Between { get; init; } = _ => Task.CompletedTask;

    /// <summary>How far the history has come.</summary>
    public int Step => _step;

    /// <summary>Sessions that completed, for tests that want to see that some did.</summary>
    public int Completed => _all.Sum(sessions => sessions.Completed);

    private bool AreOver => _all.TrueForAll(sessions => sessions.AreOver);

    /// <summary>Runs to the end.</summary>
    /// <exception cref="SimulationFailedException">A promise was broken.</exception>
    public async Task RunAsync()
    {
        // Of a thousand steps; some histories are busier, some are worse than others.
        _writes = _random.Next(10, 150);
        _faults = _random.Next(3) * _random.Next(20);
        for (; _step < options.TroubledSteps; _step++)
        {
            await TroubleAsync();
        }

        await QuietAsync();
    }

    private async Task TroubleAsync()
    {
        if (options.Corrupts && _random.Next(100) == 0)
        {
            await AnyNode().CorruptAsync(_random);
        }

        var chance = _random.Next(1_000);
        if (chance < _writes)
        {
            await AnyNode().WriteAsync(_random);
        }
        else if (chance > 999 - _faults && Pick(_all).Any is { } end)
        {
            await StrikeAsync(end);
        }
        else
        {
            await StepAsync(Pick(_all), isQuiet: false);
        }
    }

    private async Task StrikeAsync(SimulatedEnd end)
    {
        switch (_random.Next(4))
        {
            case 0:
                options.Injected?.Invoke("a node that stops in good order");
                end.Give(new SyncInput.StopRequested(SyncFailure.Stopping));
                break;
            case 1:
                options.Injected?.Invoke("a cut line");
                end.Inbound.Cut();
                end.Outbound.Cut();
                break;
            case > 1 when options.Crashes:
                // It isn't the session that crashes but the node, with all sessions that it has.
                foreach (var other in _all.SelectMany(sessions => sessions.Ends)
                    .Where(other => other.Node.Id == end.Node.Id))
                {
                    if (other.IsOver)
                    {
                        // A session that had ended was still waiting for its last commit.
                        other.Forget();
                        continue;
                    }

                    Tell(other);
                    other.Crash();
                }

                await end.Node.CrashAsync(_random);
                break;
        }
    }

    private void Tell(SimulatedEnd end) => options.Injected?.Invoke(
        end.Operations.Any(operation => operation.IsCommitted) ? "a crash after a commit, its answer lost"
        : end.Operations.Count > 0 ? "a crash before a commit"
        : "a crash between operations");

    private async Task QuietAsync()
    {
        await EndAsync();
        for (var i = 0; options.Corrupts && i < 5; i++)
        {
            await AnyNode().CorruptAsync(_random);
        }

        await Calm();
        await BeginAsync(verify: options.Corrupts);
        var rounds = 1;
        for (var last = _step + options.QuietSteps; !await IsDoneAsync(rounds >= options.QuietRounds); _step++)
        {
            if (AreOver)
            {
                // What was given in the last minute of a night may cause an answer, which the next night takes along.
                rounds++;
                await EndAsync();
                await BeginAsync(verify: false);
            }

            Require(_step < last ? null : $"No progress: {await Compare()} {Describe()}.");
            await StepAsync(Pick(_all), isQuiet: true);
        }

        Require(await Compare());
        Require(UnequalDigest());
        await StopAsync();
    }

    private async Task StopAsync()
    {
        _all.ForEach(sessions => sessions.Any?.Give(new SyncInput.StopRequested(SyncFailure.Stopping)));
        for (var last = _step + options.QuietSteps; !AreOver; _step++)
        {
            Require(_step < last ? null : $"A stopped session doesn't end: {Describe()}.");
            await StepAsync(Pick(_all), isQuiet: true);
        }

        await EndAsync();
    }

    private async Task BeginAsync(bool verify)
    {
        foreach (var sessions in _all)
        {
            await BeginAsync(sessions, hostility: 0, verify);
        }
    }

    private async Task BeginAsync(SimulatedSessions sessions, int hostility, bool verify)
    {
        var mode = options.Mode ?? (_random.Next(2) == 0 ? SyncMode.Nightly : SyncMode.Live);
        await Between(sessions.Pair);
        await sessions.BeginAsync(hostility, verify ? SyncMode.Nightly : mode, verify);
    }

    private async Task EndAsync()
    {
        foreach (var sessions in _all)
        {
            await sessions.EndAsync();
        }
    }

    private async Task<bool> IsDoneAsync(bool isLast)
    {
        foreach (var sessions in _all.Where(sessions => sessions.AreOver))
        {
            Require(sessions.LastCompleted ? null : $"The quiet session failed: {sessions.Describe()}.");
        }

        if (AreOver)
        {
            return isLast || await Compare() is null;
        }

        if (!_all.TrueForAll(sessions => sessions.AreOver || sessions is { IsLive: true, AreIdle: true }))
        {
            return false;
        }

        if (await Compare() is null)
        {
            return UnequalDigest() is null;
        }

        // What a live session brought in the meantime goes on with another night.
        foreach (var sessions in _all.Where(sessions => sessions.AreOver && !isLast))
        {
            await sessions.EndAsync();
            await BeginAsync(sessions, hostility: 0, verify: false);
        }

        return false;
    }

    private async Task StepAsync(SimulatedSessions sessions, bool isQuiet)
    {
        if (sessions.AreOver)
        {
            if (!isQuiet)
            {
                await sessions.EndAsync();
                var hostility = options.IsHostile && _random.Next(3) == 0 ? _random.Next(1, 15) : 0;
                await BeginAsync(sessions, hostility, verify: options.Corrupts && _random.Next(3) == 0);
            }

            return;
        }

        var end = sessions.Any!;
        switch (_random.Next(10))
        {
            case < 4 when end.CanReceive:
                end.Receive();
                break;
            case < 8 when end.Operations.Count > 0:
                await end.AdvanceAsync(end.Operations[_random.Next(end.Operations.Count)]);
                Require(await Check(sessions.Pair));
                break;
            case 8 when end.WaitsBehind is { } place && (!isQuiet || await end.Node.HasMovedAsync(place)):
                end.Wake();
                break;
            case 9:
                // Without trouble no time passes to speak of while there is something to do.
                sessions.Pass(TimeSpan.FromMilliseconds(_random.Next(isQuiet && !sessions.AreIdle ? 50 : 2_000)));
                break;
        }

        Require(sessions.BrokenVerdict());
        Require(sessions.LastCompleted ? sessions.BrokenPromise() : null);
        Require(sessions.IsStalled(Stalled) ? $"A session neither ends nor moves: {sessions.Describe()}." : null);
    }

    private string? UnequalDigest() =>
        _all.Select(sessions => sessions.UnequalDigest()).FirstOrDefault(unequal => unequal is not null);

    private string Describe() => string.Join("; ", _all.Select(sessions => sessions.Describe()));

    private ISimulatedNode AnyNode()
    {
        var pair = Pick(pairs);
        return _random.Next(2) == 0 ? pair.Left : pair.Right;
    }

    private T Pick<T>(IReadOnlyList<T> all) => all.Count == 1 ? all[0] : all[_random.Next(all.Count)];

    private void Require(string? broken)
    {
        if (broken is not null)
        {
            throw new SimulationFailedException(broken, seed, _step);
        }
    }
}
