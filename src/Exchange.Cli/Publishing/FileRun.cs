using System.Runtime.CompilerServices;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Imports;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Publishing;

/// <summary>Sends the rows of one file and keeps what is refused, by the profile or by the node.</summary>
/// <param name="file">The file and its profile.</param>
/// <param name="open">The stream that its rows are sent in.</param>
/// <param name="legalBasis">The basis of personal records; null for none.</param>
/// <param name="mask">The fields to replace in a record that is there already; null for the whole record.</param>
/// <param name="dryRun">Nothing is written.</param>
internal sealed class FileRun(
    SourceFile file, OpenStream open, LegalBasis? legalBasis, FieldMask? mask, bool dryRun) : IDisposable
{
    // The reading and the answering side both write refused rows.
    private readonly SemaphoreSlim _rejecting = new(1);
    private long _rows;
    private long _created;
    private long _accepted;
    private long _before;
    private long _waiting;
    private long _held;

    /// <summary>The size of the payloads that were accepted.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads the whole file and returns once every row was answered.</summary>
    public async Task<FileReport> RunAsync(
        CommandOutput output, PutPump pump, CancellationToken cancellationToken)
    {
        var start = output.Time.GetTimestamp();
        await using var rejects = new RejectsFile(file.RejectsPath);
        using (var progress = output.Progress("rows"))
        {
            await using var stream = file.Open();
            await pump.RunAsync(
                LinesAsync(stream, rejects, progress, cancellationToken),
                (line, answer) => AnsweredAsync(
                    line, answer, line.Item.Number <= pump.FirstNumber, rejects, progress, cancellationToken),
                cancellationToken);
        }

        return new FileReport
        {
            File = file.Path,
            Profile = file.Profile.Name,
            Publisher = open.Publisher,
            Stream = open.Stream,
            DryRun = dryRun,
            Rows = _rows,
            Accepted = _accepted,
            Created = _created,
            Before = _before,
            Waiting = _waiting,
            Held = _held,
            Rejected = rejects.Count,
            Rejects = rejects.Count == 0 ? null : file.RejectsPath,
            ResumedAfter = pump.FirstNumber,
            Reconnects = pump.Reconnects,
            Seconds = Math.Round(output.Time.GetElapsedTime(start).TotalSeconds, 3),
        };
    }

    public void Dispose() => _rejecting.Dispose();

    private async IAsyncEnumerable<PutLine> LinesAsync(
        Stream stream,
        RejectsFile rejects,
        ProgressLine progress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Only rows that can be sent are numbered: the contract wants numbers without gaps, and the same file gives the
        // same.
        var number = 0UL;
        await foreach (var row in CsvImport.ReadAsync(stream, file.Profile, file.Options, cancellationToken))
        {
            _rows++;
            if (row.Draft is { } draft)
            {
                yield return new PutLine(Item(draft, ++number), row.Source);
                continue;
            }

            await RejectAsync(() => rejects.WriteAsync(row, cancellationToken), cancellationToken);
            progress.Add(1);
        }
    }

    private PutRecordItem Item(ImportDraft draft, ulong number) => new()
    {
        Number = number,
        UpdateMask = mask,
        References = { draft.References },
        Record = new Record
        {
            Kind = draft.Kind,
            ExternalKey = draft.ExternalKey,
            LegalBasis = legalBasis,
            Payload = Any.Pack(draft.Payload),
        },
    };

    private async Task AnsweredAsync(
        PutLine line,
        PutRecordAnswer answer,
        bool before,
        RejectsFile rejects,
        ProgressLine progress,
        CancellationToken cancellationToken)
    {
        progress.Add(1);
        if (answer.Error is null)
        {
            // An item of an earlier run is answered as it was then; what is new in this run it doesn't say.
            _accepted++;
            Bytes += line.Item.Record.Payload.Value.Length;
            _before += before ? 1 : 0;
            _created += answer.Created && !before ? 1 : 0;
            _waiting += answer.WaitingFields.Count > 0 ? 1 : 0;
            _held += answer.HeldTerms.Count > 0 ? 1 : 0;
            return;
        }

        var row = (SourceRow)line.Origin!;
        var failure = FailureReport.From(answer.Error);
        var errors = failure.Fields.Count == 0
            ? [new CellError("", "", failure.Paragraph())]
            : failure.Fields.Select(field => Error(row, field)).ToList();
        await RejectAsync(() => rejects.WriteAsync(row, errors, cancellationToken), cancellationToken);
    }

    private CellError Error(SourceRow row, FailureField field)
    {
        var column = file.Profile.ColumnOf(field.Field);
        return new CellError(column, string.Join('+', column.Split('+').Select(name => row[name])), field.Description);
    }

    private async Task RejectAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        await _rejecting.WaitAsync(cancellationToken);
        try
        {
            await write();
        }
        finally
        {
            _rejecting.Release();
        }
    }
}
