namespace Exchange.Node.Imports;

/// <summary>What became of one record of a file: a draft, or everything that is wrong with it.</summary>
/// <param name="Source">The record as the file has it.</param>
/// <param name="Draft">The record to write; null when there are errors.</param>
/// <param name="Errors">What is wrong; empty when there is a draft.</param>
internal sealed record ImportRow(SourceRow Source, ImportDraft? Draft, IReadOnlyList<CellError> Errors);
