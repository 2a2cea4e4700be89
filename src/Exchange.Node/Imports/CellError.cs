namespace Exchange.Node.Imports;

/// <summary>One cell that a record can't be accepted with.</summary>
/// <param name="Column">The column; several are joined by "+".</param>
/// <param name="Value">The cell as the file has it. May be personal: it belongs in a rejects file, never in a
/// log.</param>
/// <param name="Reason">What is wrong and what to write instead, without the value.</param>
internal sealed record CellError(string Column, string Value, string Reason);
