using Exchange.V1;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>A partner that does one thing wrong.</summary>
/// <param name="Name">What it is: "one that ...".</param>
/// <param name="Looked">The promises that are looked at: those whose name begins so.</param>
/// <param name="Break">Breaks a partner that is sound.</param>
/// <param name="Fails">The promises that it then breaks, each with words of what came. All others are kept.</param>
internal sealed record BrokenPartner(
    string Name, string[] Looked, Action<CheckedPartner> Break, params (string Promise, string Came)[] Fails)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<BrokenPartner> All { get; } =
    [
        .. BrokenHandshakes.All, .. BrokenGivers.All, .. BrokenReceivers.All, .. BrokenWithdrawals.All, .. BrokenBooks.All,
    ];

    /// <summary>Changes the Hellos that come.</summary>
    public static Action<CheckedPartner> OnHello(Action<SyncHello> change) => OnReceived(frame =>
    {
        if (frame.Hello is { } hello)
        {
            change(hello);
        }
    });

    /// <summary>Changes the batches that come.</summary>
    public static Action<CheckedPartner> OnBatch(Action<SyncBatch> change) => OnReceived(frame =>
    {
        if (frame.Batch is { } batch)
        {
            change(batch);
        }
    });

    /// <summary>Takes changes out of the batches that come.</summary>
    public static Action<CheckedPartner> Loses(Func<SyncChange, bool> isLost) => OnBatch(batch =>
    {
        var kept = batch.Changes.Where(change => !isLost(change)).ToList();
        batch.Changes.Clear();
        batch.Changes.Add(kept);
    });

    /// <summary>Changes the records that come.</summary>
    public static Action<CheckedPartner> OnRecord(Action<Record> change) => OnBatch(batch => Records(batch).ForEach(change));

    /// <summary>Changes the records that are given.</summary>
    public static Action<CheckedPartner> OnGiven(Action<Record> change) => OnSent(frame =>
    {
        if (frame.Batch is { } batch)
        {
            Records(batch).ForEach(change);
        }
    });

    /// <summary>Changes the acknowledgements that are sent.</summary>
    public static Action<CheckedPartner> OnAck(Action<SyncAck> change) => OnSent(frame =>
    {
        if (frame.Ack is { } ack)
        {
            change(ack);
        }
    });

    /// <summary>Changes the verdicts that are sent.</summary>
    public static Action<CheckedPartner> OnVerdict(Action<SyncVerdict> change) => OnSent(frame =>
    {
        if (frame.Verdict is { } verdict)
        {
            change(verdict);
        }
    });

    /// <summary>Breaks down at some frames.</summary>
    public static Action<CheckedPartner> BreaksDown(
        Func<SyncFrame, bool> when, Grpc.Core.StatusCode with = Grpc.Core.StatusCode.Unavailable) =>
        partner => partner.Breakage.BreaksDown = frame => when(frame) ? with : null;

    /// <summary>Changes frames that come.</summary>
    public static Action<CheckedPartner> OnReceived(Action<SyncFrame> change) => partner =>
        partner.Breakage.Received = frame =>
        {
            change(frame);
            return frame;
        };

    /// <summary>Changes frames that are sent.</summary>
    public static Action<CheckedPartner> OnSent(Action<SyncFrame> change) => partner =>
        partner.Breakage.Sent = frame =>
        {
            change(frame);
            return frame;
        };

    private static List<Record> Records(SyncBatch batch) =>
        [.. batch.Changes.Select(change => change.Record).OfType<Record>()];
}
