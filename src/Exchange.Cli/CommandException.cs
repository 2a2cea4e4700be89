namespace Exchange.Cli;

/// <summary>A command can't go on; the message is all that the user needs. Never holds personal data.</summary>
internal sealed class CommandException(int exitCode, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
