using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Exchange.Node.Hosting;

/// <summary>Where a node's log lines go, and what never gets there.</summary>
internal static class NodeLog
{
    private const string Text = "{Message:lj}{NewLine}{Exception}";
    private const string Console = "[{Timestamp:HH:mm:ss} {Level:u3}] " + Text;
    private const string Files = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] " + Text;

    private static readonly Func<LogEvent, bool> FromCalls =
        Serilog.Filters.Matching.FromSource("Grpc.AspNetCore.Server");

    /// <summary>Opens the log of a node.</summary>
    public static Logger Open(DataDirectory data, LogOptions options) => new LoggerConfiguration()
        .MinimumLevel.Is(options.Level)
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Grpc", LogEventLevel.Warning)
        .Filter.ByExcluding(IsCallersFault)
        .WriteTo.Console(Redacted(Console), standardErrorFromLevel: LogEventLevel.Verbose)
        .WriteTo.File(
            Redacted(Files),
            Path.Combine(data.Logs, "exchange-.log"),
            rollingInterval: RollingInterval.Day,
            retainedFileCountLimit: options.KeepDays)
        .CreateLogger();

    /// <summary>
    /// The framework logs a stack for each message that it can't read: with those a caller could fill a disk. Reading
    /// some malformed numbers across two buffers ends with an index out of range in the parser.
    /// </summary>
    public static bool IsCallersFault(LogEvent line) => FromCalls(line)
        && line.Exception is Google.Protobuf.InvalidProtocolBufferException or InvalidDataException or IOException
            or IndexOutOfRangeException;

    private static RedactedText Redacted(string template) =>
        new(new MessageTemplateTextFormatter(template, CultureInfo.InvariantCulture));
}
