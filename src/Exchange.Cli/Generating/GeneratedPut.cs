using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Cli.Publishing;
using Exchange.Node.Generate;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Generating;

/// <summary>
/// Writes generated records to a node; repeated, it goes on where it was broken off and writes nothing twice.
/// </summary>
internal sealed class GeneratedPut(CommandOutput output, NodeConnection node, ulong seed)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly LegalBasis Basis = new()
    {
        Kind = LegalBasisKind.StatutoryDuty,
        Provision = "made up; no real person",
    };

    private readonly SortedDictionary<string, long> _accepted = [];
    private readonly long _start = output.Time.GetTimestamp();
    private long _rejected;
    private string? _firstError;

    /// <summary>The size of the payloads that were accepted.</summary>
    public long Bytes { get; private set; }

    /// <summary>Writes records as one stream.</summary>
    /// <param name="name">What the stream is called beside the seed.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public Task RunAsync(string name, IEnumerable<GeneratedRecord> records, CancellationToken cancellationToken) =>
        RunAsync(name, records, stop => new RecordPutCall(node.Records, stop), cancellationToken);

    /// <summary>Publishes generated vacancies as one stream.</summary>
    /// <param name="name">What the stream is called beside the seed.</param>
    /// <param name="vacancies">The vacancies.</param>
    /// <param name="cancellationToken">Ends the publishing.</param>
    public Task PublishAsync(
        string name, IEnumerable<GeneratedRecord> vacancies, CancellationToken cancellationToken) =>
        RunAsync(name, vacancies, stop => new VacancyPutCall(node.Vacancies, stop), cancellationToken);

    private async Task RunAsync(
        string name,
        IEnumerable<GeneratedRecord> records,
        Func<CancellationToken, IPutCall> begin,
        CancellationToken cancellationToken)
    {
        using var progress = output.Progress("records");
        var open = new OpenStream { Publisher = "generate", Stream = $"seed-{seed}-{name}" };
        var pump = new PutPump(begin, open, Patience, output.Time);
        await pump.RunAsync(
            records.Select((record, i) => new PutLine(Item(record, (ulong)i + 1), record.Kind)).ToAsyncEnumerable(),
            (line, answer) =>
            {
                progress.Add(1);
                Count(line, answer);
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    public GenerateReport Report() => new(
        seed, node.Address.ToString(), _accepted, _rejected, _firstError,
        Math.Round(output.Time.GetElapsedTime(_start).TotalSeconds, 3));

    private static PutRecordItem Item(GeneratedRecord record, ulong number) => new()
    {
        Number = number,
        Record = new Record
        {
            Kind = record.Kind,
            ExternalKey = record.ExternalKey,
            LegalBasis = record.Kind is "worker" or "household" ? Basis : null,
            Payload = Any.Pack(record.Payload),
        },
    };

    private void Count(PutLine line, PutRecordAnswer answer)
    {
        if (answer.Error is null)
        {
            var kind = (string)line.Origin!;
            Bytes += line.Item.Record.Payload.Value.Length;
            _accepted[kind] = _accepted.GetValueOrDefault(kind) + 1;
            return;
        }

        _rejected++;
        _firstError ??= FailureReport.From(answer.Error).Paragraph();
    }
}

/// <summary>What was written; the JSON of <c>exchange generate</c>.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Node">Where it was written to.</param>
/// <param name="Accepted">Records by kind.</param>
/// <param name="Rejected">Records that the node refused; a node that is no test node refuses all persons.</param>
/// <param name="FirstError">The first refusal.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record GenerateReport(
    ulong Seed,
    string Node,
    IReadOnlyDictionary<string, long> Accepted,
    long Rejected,
    string? FirstError,
    double Seconds)
{
    public IEnumerable<string> Lines()
    {
        var counts = string.Join(", ", Accepted.Select(kind => $"{kind.Value:N0} {kind.Key} records"));
        yield return $"Wrote {counts} to {Node}. ({Seconds:0.0} s)";
        if (FirstError is { } error)
        {
            yield return $"{Rejected:N0} were refused, the first because: {error}";
        }
    }
}
