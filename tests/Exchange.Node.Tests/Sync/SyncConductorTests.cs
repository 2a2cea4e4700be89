using Exchange.Node.Errors;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Google.Type;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Nothing flows under other terms than those that the session's Hello names.</summary>
public sealed class SyncConductorTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly Agreement _agreement = SampleAgreements.City();
    private TestNode _node = null!;

    private SyncPeers Peers => _node.Services.GetRequiredService<SyncPeers>();

    public async Task InitializeAsync() => _node = await TestNode.StartAsync(SampleAgreements.Region, _time);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Terms_that_are_accepted_while_the_ports_are_made_leave_the_session_unbegun()
    {
        var next = FlowNode.Peer(SampleAgreements.Region, SampleAgreements.City(version: 2));

        await IsLeftUnbegunAsync(() => Peers.Replace([next]));
    }

    [Fact]
    public async Task A_day_on_which_something_else_may_flow_that_begins_meanwhile_leaves_the_session_unbegun()
    {
        var today = _time.GetUtcNow().AddHours(8).Date;
        _agreement.ValidToDate = new Date { Year = today.Year, Month = today.Month, Day = today.Day };

        await IsLeftUnbegunAsync(() => _time.SetUtcNow(_time.GetUtcNow().AddDays(1)));
    }

    private async Task IsLeftUnbegunAsync(Action meanwhile)
    {
        var peer = FlowNode.Peer(SampleAgreements.Region, _agreement);
        Peers.Replace([peer]);
        var flows = new FlowsMadeLate(_node.Services.GetRequiredService<ISyncFlows>(), meanwhile);
        var conductor = ActivatorUtilities.CreateInstance<SyncConductor>(_node.Services, flows);
        var stream = new UnusedStream();

        var error = await Assert.ThrowsAsync<ExchangeException>(
            () => conductor.CallAsync(peer, SyncMode.Nightly, verify: false, stream, default));

        Assert.Equal(SyncFailure.AgreementChanged(peer.Node).Reason, error.Reason);
        Assert.False(stream.WasUsed);
    }

    private sealed class FlowsMadeLate(ISyncFlows inner, Action meanwhile) : ISyncFlows
    {
        public ISyncSource Source(string peer)
        {
            meanwhile();
            return inner.Source(peer);
        }

        public ISyncSink Sink(string peer) => inner.Sink(peer);

        public Task<FlowStatus> StatusAsync(string peer, CancellationToken cancellationToken) =>
            inner.StatusAsync(peer, cancellationToken);
    }

    /// <summary>A line that fails whoever uses it.</summary>
    private sealed class UnusedStream : ISyncStream
    {
        public bool WasUsed { get; private set; }

        public Task<SyncFrame?> ReadAsync(CancellationToken cancellationToken)
        {
            WasUsed = true;
            return Task.FromResult<SyncFrame?>(null);
        }

        public Task WriteAsync(SyncFrame frame, CancellationToken cancellationToken)
        {
            WasUsed = true;
            return Task.CompletedTask;
        }
    }
}
