namespace Exchange.Node.Imports;

/// <summary>One record of a CSV file.</summary>
/// <param name="Line">The line on which it begins, from 1.</param>
/// <param name="Cells">Its cells; as far as they can be told apart when the quotes are wrong.</param>
/// <param name="HasStrayQuote">A quote stands where none may be, so that the cells may not be those that were
/// meant.</param>
internal sealed record CsvRecord(long Line, string[] Cells, bool HasStrayQuote);
