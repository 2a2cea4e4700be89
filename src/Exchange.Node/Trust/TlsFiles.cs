namespace Exchange.Node.Trust;

/// <summary>Where a node keeps the certificate that it shows, and the private key of it; both in PEM.</summary>
/// <param name="Certificate">The certificate, followed by its chain if a CA issued it.</param>
/// <param name="Key">The private key, readable by its owner only.</param>
internal sealed record TlsFiles(string Certificate, string Key)
{
    /// <summary>The certificate's path below the data directory, unless the configuration names another.</summary>
    public const string DefaultCertificate = "keys/tls.pem";

    /// <summary>The key's path below the data directory, unless the configuration names another.</summary>
    public const string DefaultKey = "keys/tls.key";

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Puts both there, the key first: whoever finds the certificate finds its key.</summary>
    public void Write(string certificate, string key)
    {
        PrivateFile.Replace(Key, key);
        PrivateFile.Replace(Certificate, certificate);
    }

    /// <summary>What is wrong with who may read a private file, and how to mend it; null when nothing is.</summary>
    public static string? ExposureOf(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0
            ? $"'{path}' holds a private key that others on this machine may read or change. Run: chmod 600 '{path}'. "
                + "If somebody may have read it, make a new key: docs/operating/certificates.md."
            : null;

    /// <summary>The same for the folder of keys.</summary>
    public static string? ExposureOfFolder(string path) =>
        !OperatingSystem.IsWindows() && Directory.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0
            ? $"'{path}' holds the node's keys, and others on this machine may look into it. Run: chmod 700 '{path}'."
            : null;

    /// <summary>Tells the files of one moment from those of another.</summary>
    public string Stamp() => $"{Stamp(Certificate)} {Stamp(Key)}";

    private static string Stamp(string path) =>
        new FileInfo(path) is { Exists: true } file ? $"{file.LastWriteTimeUtc.Ticks}:{file.Length}" : "absent";
}
