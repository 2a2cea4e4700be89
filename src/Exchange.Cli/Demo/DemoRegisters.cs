using Exchange.Cli.Generating;
using Exchange.Cli.Publishing;
using Exchange.Node.Generate;
using Exchange.Node.Imports;
using Exchange.V1;

namespace Exchange.Cli.Demo;

/// <summary>Fills the two registers: workers on one side, vacancies on the other.</summary>
internal sealed class DemoRegisters(DemoContext demo)
{
    private const ulong Seed = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Workers that the sending node holds.</summary>
    public long Workers { get; private set; }

    /// <summary>Vacancies that the receiving node accepted.</summary>
    public long Published { get; private set; }

    /// <summary>Rows of the file that were refused.</summary>
    public long Rejected { get; private set; }

    /// <summary>Records that the receiving node will give to the sending one.</summary>
    public long Given { get; private set; }

    /// <summary>About what these records will weigh on the line.</summary>
    public long GivenBytes { get; private set; }

    /// <summary>Imports generated workers and their households into the sending node.</summary>
    public async Task FillSendingAsync(CancellationToken cancellationToken)
    {
        var options = new GeneratorOptions { Workers = demo.Options.Workers, Vacancies = 0, Seed = Seed };
        var put = new GeneratedPut(demo.Output, demo.Sending, Seed);
        await put.RunAsync("people", new RecordGenerator(options).SendingSide(), cancellationToken);
        var report = put.Report();
        Workers = report.Accepted.GetValueOrDefault("worker");
        demo.Say($"   {Workers:N0} workers in {report.Accepted.GetValueOrDefault("household"):N0} households are "
            + $"in the register of {DemoOptions.Sending}. ({report.Seconds:0.0} s)");
        demo.Checks.Check(
            "The sending node accepted every generated worker",
            Workers == demo.Options.Workers && report.Rejected == 0,
            $"{Workers} of {demo.Options.Workers}, {report.Rejected} refused {report.FirstError}");
    }

    /// <summary>Streams the vacancies into the receiving node, from the file or generated.</summary>
    public async Task FillReceivingAsync(CancellationToken cancellationToken)
    {
        await (demo.Options.Vacancies is null ? GenerateAsync(cancellationToken) : PublishAsync(cancellationToken));
        var held = (await demo.StatusAsync(demo.Receiving, cancellationToken)).Records;
        Given = held.GetValueOrDefault("vacancy") + held.GetValueOrDefault("employer");
        demo.Checks.Check(
            "The receiving node holds every vacancy that it accepted",
            Published > 0 && held.GetValueOrDefault("vacancy") == Published,
            $"{held.GetValueOrDefault("vacancy")} held, {Published} accepted, {Rejected} refused");
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var file = new SourceFile(demo.Options.Vacancies!, () => Stream.Null)
        {
            Profile = MappingProfiles.Load(demo.Options.Profile!),
            Options = ImportOptions.Default,
            RejectsPath = demo.Site.In("rejects.csv"),
        };
        var open = new OpenStream { Publisher = "dongguan-hr", Stream = "daily" };
        var pump = new PutPump(stop => new VacancyPutCall(demo.Receiving.Vacancies, stop), open, Patience, demo.Time);
        using var run = new FileRun(file, open, legalBasis: null, mask: null, dryRun: false);
        var report = await run.RunAsync(demo.Output, pump, cancellationToken);

        // Rows may repeat a key: the later one updates the vacancy of the earlier.
        (Published, Rejected, GivenBytes) = (report.Created, report.Rejected, run.Bytes);
        demo.Say($"   {report.Rows:N0} rows: {report.Created:N0} vacancies, {report.Accepted - report.Created:N0} "
            + $"updates, {report.Rejected:N0} rejected with reasons. ({report.Seconds:0.0} s)");
        demo.Checks.Check(
            "Every row of the file was accepted or rejected with a reason",
            report.Accepted + report.Rejected == report.Rows,
            $"{report.Accepted} + {report.Rejected} of {report.Rows}");
    }

    private async Task GenerateAsync(CancellationToken cancellationToken)
    {
        var options = new GeneratorOptions { Workers = 0, Vacancies = DemoOptions.GeneratedVacancies, Seed = Seed };
        var records = new RecordGenerator(options).ReceivingSide();
        var put = new GeneratedPut(demo.Output, demo.Receiving, Seed);
        await put.RunAsync("employers", records.Where(record => record.Kind == "employer"), cancellationToken);
        await put.PublishAsync("vacancies", records.Where(record => record.Kind == "vacancy"), cancellationToken);
        var report = put.Report();
        (Published, Rejected, GivenBytes) = (report.Accepted.GetValueOrDefault("vacancy"), report.Rejected, put.Bytes);
        demo.Say($"   {Published:N0} vacancies of {report.Accepted.GetValueOrDefault("employer"):N0} employers were "
            + $"streamed in, each answered by itself. ({report.Seconds:0.0} s)");
    }
}
