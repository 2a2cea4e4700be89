using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>
/// Two nodes, their sessions and a seed that decides everything that chance decides outside: which operation commits
/// next, what the wire does, when somebody writes, stops, cuts or crashes. First with trouble, then quiet, and at the
/// end both must hold the same.
/// </summary>
internal sealed class SyncSimulation(ISimulatedNode left, ISimulatedNode right, int seed, SimulationOptions options)
{
    // Longer than every timeout of a session together.
    private static readonly TimeSpan Stalled = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(seed);
    private readonly SimulatedSessions _sessions = new(left, right, seed, options);
    private Func<string?> _promise = () => null;
    private int _writes;
    private int _faults;
    private int _step;

    /// <summary>Called after every commit; returns a broken promise, or null.</summary>
    public required Func<Task<string?>> Check { get; init; }

    /// <summary>Called when all is quiet; returns what still differs, or null.</summary>
    public required Func<Task<string?>> Compare { get; init; }

    /// <summary>Called when a session begins; returns what to ask when it has completed on both sides.</summary>
    public required Func<Func<string?>> Promise { get; init; }

    /// <summary>Called once, when the trouble is over and before the last session begins.</summary>
    public Func<Task> Calm { get; init; } = () => Task.CompletedTask;

    /// <summary>Called before each session, while none runs.</summary>
    public Func<Task> Between { get; init; } = () => Task.CompletedTask;

    /// <summary>How far the history has come.</summary>
    public int Step => _step;

    /// <summary>Sessions that completed, for tests that want to see that some did.</summary>
    public int Completed => _sessions.Completed;

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
            await CorruptAsync();
        }

        var chance = _random.Next(1_000);
        if (chance < _writes)
        {
            await (_random.Next(2) == 0 ? left : right).WriteAsync(_random);
        }
        else if (chance > 999 - _faults && _sessions.Any is { } end)
        {
            await StrikeAsync(end);
        }
        else
        {
            await StepAsync(isQuiet: false);
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
                Tell(end);
                end.Crash();
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
        await _sessions.EndAsync();
        for (var i = 0; options.Corrupts && i < 5; i++)
        {
            await CorruptAsync();
        }

        await Calm();
        var mode = await BeginAsync(hostility: 0, verify: options.Corrupts);
        var rounds = 1;
        for (var last = _step + options.QuietSteps; !await IsDoneAsync(mode, rounds >= options.QuietRounds); _step++)
        {
            if (_sessions.AreOver)
            {
                // What was given in the last minute of a night may cause an answer, which the next night takes along.
                rounds++;
                await _sessions.EndAsync();
                mode = await BeginAsync(hostility: 0);
            }

            Require(_step < last ? null : $"No progress: {await Compare()} {_sessions.Describe()}.");
            await StepAsync(isQuiet: true);
        }

        Require(await Compare());
        Require(_sessions.UnequalDigest());
        await StopAsync();
    }

    private async Task StopAsync()
    {
        _sessions.Any?.Give(new SyncInput.StopRequested(SyncFailure.Stopping));
        for (var last = _step + options.QuietSteps; !_sessions.AreOver; _step++)
        {
            Require(_step < last ? null : $"A stopped session doesn't end: {_sessions.Describe()}.");
            await StepAsync(isQuiet: true);
        }

        await _sessions.EndAsync();
    }

    private async Task<SyncMode> BeginAsync(int hostility, bool verify = false)
    {
        var mode = options.Mode ?? (_random.Next(2) == 0 ? SyncMode.Nightly : SyncMode.Live);
        await Between();
        _promise = Promise();
        await _sessions.BeginAsync(hostility, verify ? SyncMode.Nightly : mode, verify);
        return verify ? SyncMode.Nightly : mode;
    }

    private Task CorruptAsync() => (_random.Next(2) == 0 ? left : right).CorruptAsync(_random);

    private async Task<bool> IsDoneAsync(SyncMode mode, bool isLast)
    {
        if (_sessions.AreOver)
        {
            Require(_sessions.LastCompleted ? null : $"The quiet session failed: {_sessions.Describe()}.");
            return isLast || await Compare() is null;
        }

        return mode == SyncMode.Live
            && _sessions.AreIdle
            && await Compare() is null
            && _sessions.UnequalDigest() is null;
    }

    private async Task StepAsync(bool isQuiet)
    {
        if (_sessions.AreOver)
        {
            await _sessions.EndAsync();
            await BeginAsync(
                options.IsHostile && _random.Next(3) == 0 ? _random.Next(1, 15) : 0,
                verify: options.Corrupts && _random.Next(3) == 0);
            return;
        }

        var end = _sessions.Any!;
        switch (_random.Next(10))
        {
            case < 4 when end.CanReceive:
                end.Receive();
                break;
            case < 8 when end.Operations.Count > 0:
                await end.AdvanceAsync(end.Operations[_random.Next(end.Operations.Count)]);
                Require(await Check());
                break;
            case 8 when end.WaitsBehind is { } place && (!isQuiet || await end.Node.HasMovedAsync(place)):
                end.Wake();
                break;
            case 9:
                // Without trouble no time passes to speak of while there is something to do.
                _sessions.Pass(TimeSpan.FromMilliseconds(_random.Next(isQuiet && !_sessions.AreIdle ? 50 : 2_000)));
                break;
        }

        Require(_sessions.BrokenVerdict());
        Require(_sessions.LastCompleted ? _promise() : null);
        Require(_sessions.IsStalled(Stalled) ? $"A session neither ends nor moves: {_sessions.Describe()}." : null);
    }

    private void Require(string? broken)
    {
        if (broken is not null)
        {
            throw new SimulationFailedException(broken, seed, _step);
        }
    }
}
