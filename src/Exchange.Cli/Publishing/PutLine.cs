using Exchange.V1;

namespace Exchange.Cli.Publishing;

/// <summary>An item to send, with what it was made of.</summary>
/// <param name="Item">The item; its numbers rise by one from 1.</param>
/// <param name="Origin">What the answer is told beside, such as a file's row; the pump doesn't look at it.</param>
internal sealed record PutLine(PutRecordItem Item, object? Origin = null);
