namespace Exchange.Node.Imports;

/// <summary>One record of a file, as the file has it.</summary>
/// <param name="Header">The file's header.</param>
/// <param name="Record">Counts the records below the header, from 1.</param>
/// <param name="Line">The line on which the record begins, from 1; a quoted cell may stretch over several.</param>
/// <param name="Cells">The cells, one for each name of the header.</param>
internal sealed record SourceRow(Header Header, long Record, long Line, IReadOnlyList<string> Cells)
{
    /// <summary>The cell under a name of the header; empty when there is none.</summary>
    public string this[string column]
    {
        get
        {
            for (var i = 0; i < Header.Names.Count; i++)
            {
                if (Header.Normal(Header.Names[i]) == Header.Normal(column))
                {
                    return Cells[i];
                }
            }

            return string.Empty;
        }
    }
}
