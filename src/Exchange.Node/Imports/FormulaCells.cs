using System.Buffers;

namespace Exchange.Node.Imports;

/// <summary>
/// Keeps the cells of a file that the program writes from being formulas: an apostrophe stands before what a
/// spreadsheet would work out, and before what would then be read as such a cell, so that reading takes it off again
/// and nothing is lost, be it a number below zero or a telephone number with its plus.
/// </summary>
internal static class FormulaCells
{
    private const char Guard = '\'';

    // What begins a formula, also in full width, and what spreadsheets skip before one.
    private static readonly SearchValues<char> Begins = SearchValues.Create("=+-@\t\r\n＝＋－＠");

    /// <summary>A cell as it is written.</summary>
    public static string Write(string cell) => IsFormula(cell) || IsGuarded(cell) ? Guard + cell : cell;

    /// <summary>A cell as it was before it was written.</summary>
    public static string Read(string cell) => IsGuarded(cell) ? cell[1..] : cell;

    /// <summary>A spreadsheet may work the cell out.</summary>
    public static bool IsFormula(string cell) => cell.Length > 0 && Begins.Contains(cell[0]);

    private static bool IsGuarded(string cell) =>
        cell.Length > 1 && cell[0] == Guard && (cell[1] == Guard || Begins.Contains(cell[1]));
}
