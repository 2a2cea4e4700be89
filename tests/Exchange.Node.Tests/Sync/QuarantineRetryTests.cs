using Exchange.Node.Errors;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.Testing.Simulation;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>A session takes up what waited in quarantine: without it, a change would wait for ever.</summary>
public sealed class QuarantineRetryTests : FlowTests
{
    private static readonly Guid One = Guid.Parse("01900000-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_session_begins_with_what_waited_for_our_clock()
    {
        await TakeFromAheadAsync();
        Time.Advance(TimeSpan.FromHours(2));

        await RunAsync(new SilentStream(ends: true));

        Assert.NotNull(await Region.FindAsync(new RecordKey("vacancy", One)));
    }

    [Fact]
    public async Task A_session_that_stays_open_looks_again_now_and_then()
    {
        await TakeFromAheadAsync();
        var stream = new SilentStream(ends: false);
        var running = RunAsync(stream);
        await stream.Reading;
        Time.Advance(TimeSpan.FromHours(2));

        for (var step = 0; step < 10_000 && await Region.FindAsync(new RecordKey("vacancy", One)) is null; step++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.NotNull(await Region.FindAsync(new RecordKey("vacancy", One)));
        stream.End();
        await running;
    }

    private async Task TakeFromAheadAsync()
    {
        var sink = Region.Flows(Agreement).Sink(City.Id);
        var ahead = Incoming.Vacancy(One, Time.GetUtcNow().AddHours(2));
        var ack = await sink.ApplyAsync(Incoming.Batch(0, 1, ahead.Change()), default);
        Assert.Equal(ErrorReason.ChangeClockAhead, Assert.Single(ack.Quarantined).Reason);
    }

    private async Task RunAsync(SilentStream stream)
    {
        var session = new SyncSession(new SyncSessionOptions
        {
            Node = Region.Id,
            Peer = City.Id,
            Epoch = Region.Store.Epoch.ToString(),
            Agreement = SessionBench.Terms(1),
            Signer = new SimulatedSigner(Region.Id),
            IsCaller = false,
            IdleTimeout = TimeSpan.FromDays(1),
            AnswerTimeout = TimeSpan.FromDays(1),
        });
        var flows = Region.Flows(Agreement);
        var ports = new SyncPorts(
            flows.Source(City.Id),
            flows.Sink(City.Id),
            new SyncReceipts(Region.Store, City.Id),
            new PassedOnReports(Region.Store, Region.Id, City.Id, Time),
            (_, _) => Task.CompletedTask);
        var never = new TaskCompletionSource<SyncFailure>().Task;

        var error = await Assert.ThrowsAsync<ExchangeException>(
            () => new SyncRunner(session, stream, ports, City.Id, Time).RunAsync(never, default));

        Assert.Equal(ErrorReason.PeerUnreachable, error.Reason);
    }

    /// <summary>A peer that says nothing, until it hangs up.</summary>
    private sealed class SilentStream(bool ends) : ISyncStream
    {
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reading => _reading.Task;

        public void End() => _end.TrySetResult();

        public async Task<SyncFrame?> ReadAsync(CancellationToken cancellationToken)
        {
            _reading.TrySetResult();
            if (!ends)
            {
                await _end.Task.WaitAsync(cancellationToken);
            }

            return null;
        }

        public Task WriteAsync(SyncFrame frame, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
