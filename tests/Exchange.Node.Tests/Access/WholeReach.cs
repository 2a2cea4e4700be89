using Exchange.Node.Access;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Tests;

/// <summary>Tests below the services write as one whom nothing restricts.</summary>
internal static class WholeReach
{
    private static readonly CallReach Whole = new(Reach.Whole, null);

    public static Task<BatchPutRecordsResponse> PutAsync(
        this RecordBatch batch, BatchPutRecordsRequest request, CancellationToken cancellationToken) =>
        batch.PutAsync(request, Whole, cancellationToken);

    public static Task<PutRecordAnswer> PutAsync(
        this RecordWriter writer, PutRecordItem item, PutScope? scope, CancellationToken cancellationToken) =>
        writer.PutAsync(item, scope, Whole, cancellationToken);

    public static Task<(PutScope Scope, ulong LastNumber)> OpenAsync(
        this PutStream stream, OpenStream open, CancellationToken cancellationToken) =>
        stream.OpenAsync(open, Whole, cancellationToken);

    public static Task RunAsync(
        this PutStream stream,
        IAsyncEnumerable<PutRecordItem> items,
        PutScope? scope,
        Func<PutRecordAnswer, Task> answer,
        CancellationToken cancellationToken) =>
        stream.RunAsync(items, scope, Whole, answer, cancellationToken);

    public static Task<UndoStreamResponse> RunAsync(
        this StreamUndo undo, UndoStreamRequest request, CancellationToken cancellationToken) =>
        undo.RunAsync(request, Whole, cancellationToken);
}
