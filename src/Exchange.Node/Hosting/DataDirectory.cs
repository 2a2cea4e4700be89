namespace Exchange.Node.Hosting;

/// <summary>Where a node keeps its things.</summary>
internal sealed class DataDirectory(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The configuration, commented JSON.</summary>
    public string ConfigFile => In("exchange.json");

    /// <summary>The database. Backed up together with nothing else.</summary>
    public string Store => In("store");

    /// <summary>The node's keys. Never in the database's backup.</summary>
    public string Keys => In("keys");

    /// <summary>Log files.</summary>
    public string Logs => In("logs");

    /// <summary>The token of the node that runs, for whoever may read this directory; none while none runs.</summary>
    public string RunToken => In("run/token");

    /// <summary>A path that the configuration names, relative to the data directory.</summary>
    public string In(string relative) => System.IO.Path.Combine(Path, relative);
}
