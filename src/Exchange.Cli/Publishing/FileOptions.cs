using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Node.Imports;

namespace Exchange.Cli.Publishing;

/// <summary>The options of the commands that read a file through a mapping profile.</summary>
internal sealed class FileOptions
{
    private readonly Option<string?> _profile = new("--profile")
    {
        Description = $"The mapping profile: {string.Join(", ", MappingProfiles.Names)}, or the path of one's own.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _source = new("--source")
    {
        Description = "The source of external keys, instead of the profile's own.",
        HelpName = "SOURCE",
    };

    private readonly Option<string[]> _columns = new("--column")
    {
        Description = "A value for a column that the file lacks, for every row, such as a village. May be given "
            + "several times.",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _rejects = new("--rejects")
    {
        Description = "Where refused rows are written, to be mended and sent again. Default: the file's name and "
            + ".rejects.csv.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Check everything and write nothing to the node.",
    };

    private readonly Option<double> _patience = new("--retry-for")
    {
        Description = "How many seconds to go on trying while the node doesn't answer. Default 60.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 60,
    };

    private FileOptions(ClientOptions client) => Client = client;

    public ClientOptions Client { get; }

    public static FileOptions AddTo(Command command)
    {
        var client = ClientOptions.AddTo(command);
        var options = new FileOptions(client);
        command.Add(options._profile);
        command.Add(options._source);
        command.Add(options._columns);
        command.Add(options._rejects);
        command.Add(options._dryRun);
        command.Add(options._patience);
        return options;
    }

    public bool IsDryRun(ParseResult input) => input.GetValue(_dryRun);

    public TimeSpan Patience(ParseResult input) => TimeSpan.FromSeconds(input.GetValue(_patience));

    /// <summary>What to read and how.</summary>
    /// <exception cref="CommandException">Something is missing, absent or in the way; nothing was read.</exception>
    /// <exception cref="ProfileException">The profile can't be used.</exception>
    public SourceFile Open(ParseResult input, string path, Func<Stream> openInput)
    {
        var name = input.GetValue(_profile) ?? throw new CommandException(
            ExitCode.Usage,
            $"Name a mapping profile with --profile: {string.Join(", ", MappingProfiles.Names)}, or the path of one.");
        var rejects = input.GetValue(_rejects)
            ?? (path == SourceFile.StandardInput ? "input.rejects.csv" : path + ".rejects.csv");
        if (File.Exists(rejects))
        {
            throw new CommandException(
                ExitCode.Usage,
                $"'{rejects}' is there already. Move it away or name another file with --rejects, so that no rejects "
                + "are lost.");
        }

        return new SourceFile(path, openInput)
        {
            Profile = MappingProfiles.Load(name),
            RejectsPath = rejects,
            Options = new ImportOptions
            {
                Source = input.GetValue(_source),
                Columns = input.GetValue(_columns)!
                    .Select(Column)
                    .ToDictionary(column => column.Name, column => column.Value),
            },
        };
    }

    private static (string Name, string Value) Column(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } name, { } value]
            ? (name, value)
            : throw new CommandException(ExitCode.Usage, $"'{text}' is no --column; write it as NAME=VALUE.");
}
