using Exchange.Node.Outages;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>What one end of a session says of planned outages, and what it hears of the peer's.</summary>
internal sealed class OutageTalk(SyncSessionOptions options, List<SyncAction> actions)
{
    private IReadOnlyList<PlannedOutage> _heard = options.PeerOutages;

    /// <summary>What our Hello says, and what was last told.</summary>
    public IReadOnlyList<PlannedOutage> Said { get; private set; } = options.Outages;

    /// <summary>Tells a peer that has our Hello; for one that will still get it, that is enough.</summary>
    public void Changed(IReadOnlyList<PlannedOutage> outages, bool helloSent, SyncTime now)
    {
        if (outages.SequenceEqual(Said))
        {
            return;
        }

        Said = outages;
        if (helloSent)
        {
            var heartbeat = new SyncHeartbeat
            {
                SentTime = Timestamp.FromDateTimeOffset(now.Wall),
                PlannedOutages = new PlannedOutages { Outages = { outages } },
            };
            actions.Add(new SyncAction.Send(new SyncFrame { Heartbeat = heartbeat }));
        }
    }

    /// <summary>Takes what the peer's Hello says, which was checked with it.</summary>
    public void Received(SyncHello hello) => Note(hello.PlannedOutages);

    /// <summary>Takes what a heartbeat of the peer says of them, if it does.</summary>
    public SyncFailure? Received(SyncHeartbeat heartbeat)
    {
        if (heartbeat.PlannedOutages is not { } told)
        {
            return null;
        }

        if (OutageRules.FaultOf(told.Outages, options.Peer) is { } fault)
        {
            return SyncFailure.Protocol($"a heartbeat can't be taken: {fault}");
        }

        Note(told.Outages);
        return null;
    }

    private void Note(IReadOnlyCollection<PlannedOutage> told)
    {
        if (!told.ToHashSet().SetEquals(_heard))
        {
            _heard = [.. told];
            actions.Add(new SyncAction.NoteOutages(_heard));
        }
    }
}
