using Serilog.Events;

namespace Exchange.Node.Hosting;

/// <summary>
/// The section <c>Log</c> of the configuration. Logs go to the console's error stream and to files in <c>logs/</c>.
/// </summary>
internal sealed class LogOptions
{
    public const string Section = "Log";

    /// <summary>
    /// The least level written: Verbose, Debug, Information, Warning, Error, Fatal. Default Information.
    /// </summary>
    public LogEventLevel Level { get; set; } = LogEventLevel.Information;

    /// <summary>
    /// How many daily files are kept. Default 200, because access logs are to be kept six months; 1 to 3,650.
    /// </summary>
    public int KeepDays { get; set; } = 200;
}
