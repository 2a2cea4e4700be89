namespace Exchange.Node.Imports;

/// <summary>A file can't be read on as CSV in UTF-8. The rows before the place stand.</summary>
internal sealed class CsvFormatException(string message, Exception? inner = null) : Exception(message, inner);
