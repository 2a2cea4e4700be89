using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Grpc.Core;

namespace Exchange.Cli.Demo;

/// <summary>The story of the demo from its first line to its last.</summary>
internal sealed class DemoRun(CommandOutput output, DemoOptions options)
{
    private readonly DemoChecks _checks = new();
    private DemoReport _report = new();

    /// <summary>Runs the demo and returns what it found; nothing of it is left behind.</summary>
    public async Task<DemoReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = output.Time.GetTimestamp();
        string? error = null;
        var batchChanges = await options.BatchChangesAsync(cancellationToken);
        var site = await DemoSite.OpenAsync(batchChanges, output.Time, cancellationToken);
        try
        {
            await TellAsync(new DemoContext(output, options, site, _checks), cancellationToken);
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            error = FailureReport.From(exception, site.Sending.Node.Address).Paragraph();
        }
        catch (Exception exception) when (exception is CommandException or TimeoutException)
        {
            error = exception.Message;
        }
        finally
        {
            await site.DisposeAsync();
        }

        _checks.Check("The demo went to its end", error is null, error ?? "it did");
        _checks.Check(
            "Nothing of it is left behind", site.IsGone(), site.IsGone() ? "folder removed" : "folder still there");
        return _report with
        {
            Ok = _checks.Ok,
            Seconds = Math.Round(output.Time.GetElapsedTime(start).TotalSeconds, 1),
            Checks = _checks.All,
            Error = error,
        };
    }

    private async Task TellAsync(DemoContext demo, CancellationToken cancellationToken)
    {
        var (home, city) = (DemoOptions.Sending, DemoOptions.Receiving);
        demo.Say($"1. Two nodes are running, each a process of its own: {home} at {demo.Sending.Address}, which sends "
            + $"workers, and {city} at {demo.Receiving.Address}, which receives them.");
        var registers = new DemoRegisters(demo);
        demo.Say($"2. {home} imports {options.Workers:N0} generated workers. None of them is a real person.");
        await registers.FillSendingAsync(cancellationToken);

        demo.Say($"3. The two sync for the first time.");
        var sessions = new DemoSessions(demo, registers);
        await sessions.FirstAsync(cancellationToken);

        var source = options.Vacancies is { } file ? $" from {Path.GetFileName(file)}" : "";
        demo.Say($"4. {city} streams in its vacancies{source}.");
        await registers.FillReceivingAsync(cancellationToken);

        demo.Say("5. They sync again, and the line between them is cut on the way.");
        await sessions.CutAndResumeAsync(cancellationToken);

        demo.Say($"6. {home} is restarted to stay connected, and watches the vacancies of {city} live.");
        await GoLiveAsync(demo, sessions, cancellationToken);
        var live = new DemoLive(demo);
        await live.RunAsync(cancellationToken);

        demo.Say($"7. {home} refers workers to vacancies, and {city} confirms who started.");
        var placements = new DemoPlacements(demo);
        await placements.ReferAsync(cancellationToken);
        await placements.PlaceAsync(cancellationToken);

        demo.Say("8. Both sides compare what they gave and hold.");
        await sessions.CompareAsync(cancellationToken);
        await ReportAsync(demo, registers, live, placements, cancellationToken);

        var (sending, receiving) = await demo.Site.StopAsync(cancellationToken);
        _checks.Check(
            "Both nodes stop gracefully", sending == 0 && receiving == 0, $"exit codes {sending} and {receiving}");
    }

    private async Task GoLiveAsync(DemoContext demo, DemoSessions sessions, CancellationToken cancellationToken)
    {
        var before = await demo.StatusAsync(demo.Sending, cancellationToken);
        var exit = await demo.Site.GoLiveAsync(cancellationToken);
        var after = await demo.StatusAsync(demo.Sending, cancellationToken);
        _checks.Check(
            "A restarted node holds what it held",
            exit == 0 && Sorted(before.Records).SequenceEqual(Sorted(after.Records)),
            $"exit code {exit}, {after.Records.Values.Sum()} of {before.Records.Values.Sum()} records");
        await demo.UntilAsync(
            "a live session begins",
            async () => (await sessions.PeerAsync(demo.Sending, cancellationToken)).Running == "live",
            cancellationToken);
    }

    private async Task ReportAsync(
        DemoContext demo,
        DemoRegisters registers,
        DemoLive live,
        DemoPlacements placements,
        CancellationToken cancellationToken)
    {
        var home = await demo.StatusAsync(demo.Sending, cancellationToken);
        var city = await demo.StatusAsync(demo.Receiving, cancellationToken);
        var peer = home.Peers.Single();
        _report = new DemoReport
        {
            Nodes = [Describe(home), Describe(city)],
            Sessions = peer.Sessions,
            Resumed = peer.Resumed,
            Changes = peer.Sent + peer.Received,
            Published = registers.Published + live.Latency.Count,
            Rejected = registers.Rejected,
            Received = home.Records.GetValueOrDefault("vacancy"),
            Workers = home.Records.GetValueOrDefault("worker"),
            Withheld = home.Records.GetValueOrDefault("worker") - city.Records.GetValueOrDefault("worker"),
            Crossed = placements.Referred,
            Placed = placements.Placed,
            PublishToSeen = live.Latency,
        };
    }

    private static IEnumerable<KeyValuePair<string, long>> Sorted(IReadOnlyDictionary<string, long> records) =>
        records.OrderBy(kind => kind.Key, StringComparer.Ordinal);

    private static DemoNode Describe(StatusReport status) => new(
        status.Node,
        status.Engine,
        status.Position,
        status.Records,
        status.Peers.Single().OutgoingDigest,
        status.Peers.Single().IncomingDigest);
}
