namespace Exchange.Cli.Watching;

/// <summary>Keeps a watch's resume token between runs; without a path it keeps it for this run only.</summary>
internal sealed class ResumeFile(string? path)
{
    // A snapshot of many records would otherwise spend its time on this file; what is repeated after a crash is
    // harmless.
    private const int SaveEvery = 100;

    private int _unsaved;

    /// <summary>Up to where everything has been applied; empty before the first time.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Reads the token of an earlier run.</summary>
    public void Load()
    {
        if (path is not null && File.Exists(path))
        {
            Token = File.ReadAllText(path).Trim();
        }
    }

    /// <summary>Keeps the token of a response that has been applied.</summary>
    /// <param name="token">The response's token.</param>
    /// <param name="mayWait">More will follow at once.</param>
    public void Applied(string token, bool mayWait)
    {
        Token = token;
        if (!mayWait || ++_unsaved >= SaveEvery)
        {
            Save();
        }
    }

    /// <summary>Writes the token, whole or not at all.</summary>
    public void Save()
    {
        _unsaved = 0;
        if (path is null || Token.Length == 0)
        {
            return;
        }

        var temporary = path + ".new";
        File.WriteAllText(temporary, Token + "\n");
        File.Move(temporary, path, overwrite: true);
    }
}
