using Exchange.Harness.Faults;
using Exchange.Harness.Nodes;

namespace Exchange.Harness;

/// <summary>One run on one engine: trouble, then quiet, then all checks.</summary>
internal static class HarnessRun
{
    public static async Task<HarnessReport> RunAsync(HarnessOptions options, string engine)
    {
        Console.WriteLine($"Engine {engine}, seed {options.Seed}, {options.Length.TotalSeconds:0} s of faults.");
        await using var site = await HarnessSite.OpenAsync(engine, options.MayMount);
        var load = new HarnessLoad(site, options.Seed);
        load.Start();
        var schedule = new FaultSchedule(site, options.Seed, options.Length);
        await schedule.RunAsync();
        await load.QuietAsync();
        var findings = await new FinalChecks(site, load).RunAsync();
        return new HarnessReport(options, engine, schedule.Table)
        {
            Findings = [.. schedule.Failures, .. findings.Select(finding => finding.ToString())],
            Disk = site.Region.HasOwnDisk ? "a small tmpfs" : "a file-size limit",
            Counts =
            [
                ("writes acknowledged", load.Workers.Acknowledged.Count + load.Vacancies.Acknowledged.Count
                    + load.Region.Acknowledged.Count + load.City.Acknowledged.Count),
                ("calls that failed and were repeated", load.Clerks.Sum(clerk => clerk.Repeated)),
                ("of these because a store couldn't write", load.Clerks.Sum(clerk => clerk.StoreFailures)),
                ("publishing streams opened", load.Vacancies.Streams),
                ("watch calls opened", load.Watchers.Sum(entry => entry.Watcher.Calls)),
                ("watch responses checked", load.Watchers.Sum(entry => entry.Watcher.Told)),
                ("sessions completed after faults", schedule.Sessions),
                ("stops that hung and were killed", site.Region.StopsThatHung + site.City.StopsThatHung),
                ("bytes on the nodes' line", site.Line.Carried),
            ],
        };
    }
}
