using Exchange.Node.Errors;
using Exchange.Node.Imports;
using Exchange.Store;
using Microsoft.Extensions.Options;

namespace Exchange.Cli;

/// <summary>Explains failures of this machine: configurations, stores, files, sockets.</summary>
internal static class Failures
{
    /// <summary>Set to see where an unexpected failure came from.</summary>
    public const string DebugVariable = "EXCHANGE_CLI_DEBUG";

    /// <summary>
    /// The exit code and the paragraph; null to let the failure through, for someone who debugs the program.
    /// </summary>
    public static (int ExitCode, string Message)? Explain(Exception exception) => exception switch
    {
        OptionsValidationException e => Configuration(e.Failures),
        AggregateException { InnerExceptions: var all } when all.All(inner => inner is OptionsValidationException) =>
            Configuration(all.SelectMany(inner => ((OptionsValidationException)inner).Failures)),
        InvalidDataException e => Configuration([e.InnerException is null ? e.Message : $"{e.Message} "
            + $"{e.InnerException.Message}"]),
        ProfileException => (ExitCode.Usage, exception.Message),
        ExchangeException => (ExitCode.Usage, exception.Message),
        CsvFormatException => (ExitCode.Failed, $"{exception.Message} The rows before it were sent."),
        StoreOpenException => (ExitCode.Failed, exception.Message),
        FileNotFoundException { FileName: { } file } => (ExitCode.NotFound, $"There is no file '{file}'."),
        DirectoryNotFoundException => (ExitCode.NotFound, exception.Message),
        IOException or UnauthorizedAccessException => (ExitCode.Failed, exception.Message),
        _ when Environment.GetEnvironmentVariable(DebugVariable) is { Length: > 0 } => null,

        // Its message may quote anything, a record included: only its type is safe to show.
        _ => (ExitCode.Failed,
            $"The program failed unexpectedly ({exception.GetType().Name}). Nothing more is shown, because it might be "
            + $"personal; set {DebugVariable}=1 and run it again to see where it happened."),
    };

    private static (int ExitCode, string Message) Configuration(IEnumerable<string> failures)
    {
        var all = failures.ToList();
        return (ExitCode.Usage, all.Count == 1
            ? $"The configuration can't be used: {all[0]}"
            : $"The configuration can't be used; it has {all.Count} errors:\n- {string.Join("\n- ", all)}");
    }
}
