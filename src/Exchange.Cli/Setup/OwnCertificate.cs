using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Hosting;
using Exchange.Node.Trust;
using Microsoft.Extensions.Configuration;

namespace Exchange.Cli.Setup;

/// <summary>
/// The certificate of a data directory, as its files: made, requested and installed whether or not the node runs, which
/// takes up what it finds at its next handshake.
/// </summary>
internal sealed class OwnCertificate
{
    private readonly DataDirectory _data;
    private readonly TlsFiles _files;
    private readonly string _node;
    private readonly string _host;

    /// <exception cref="CommandException">The directory holds no node.</exception>
    public OwnCertificate(string data, string? host)
    {
        _data = new DataDirectory(data);
        if (!File.Exists(_data.ConfigFile))
        {
            throw new CommandException(
                ExitCode.NotFound, $"'{_data.Path}' holds no node: there is no '{_data.ConfigFile}'.");
        }

        var configuration = new ConfigurationBuilder()
            .AddJsonFile(_data.ConfigFile)
            .AddEnvironmentVariables("EXCHANGE_")
            .Build();
        var listen = configuration.GetSection(ListenOptions.Section).Get<ListenOptions>() ?? new ListenOptions();
        _files = listen.FilesIn(_data);
        _node = configuration[$"{NodeOptions.Section}:Id"] ?? "";
        _host = host ?? new Uri(listen.Address).Host;
    }

    /// <summary>Makes a self-made certificate, for the key that is there or for a new one; returns its file.</summary>
    public string Make(bool newKey, TimeProvider time)
    {
        var key = newKey || !File.Exists(_files.Key) ? TlsMaker.NewKey() : ReadKey(_files);
        _files.Write(TlsMaker.SelfMade(key, _node, _host, time.GetUtcNow()), key);
        return _files.Certificate;
    }

    /// <summary>A signing request for the key that is there.</summary>
    public string Request() => TlsMaker.SigningRequest(ReadKey(_files), _node, _host);

    /// <summary>Takes what a CA issued; returns the file in which it stands now.</summary>
    /// <param name="path">The certificate in PEM, with its chain.</param>
    /// <param name="authority">The CA's root in PEM; null when it is in the chain.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CommandException">It can't be used; nothing was changed.</exception>
    public string Install(string path, string? authority, TimeProvider time)
    {
        var chain = ReadPem(path);
        var leaf = chain[0];
        var files = new[] { _files, TlsRoll.NextIn(_data) }.FirstOrDefault(files => IsFor(leaf, files))
            ?? throw new CommandException(
                ExitCode.Refused,
                $"The certificate in '{path}' is for another key than '{_files.Key}' and than that of a roll-over. Ask "
                + "the CA with 'exchange certificate request'.");
        if (TlsRules.FaultsOf(leaf, time.GetUtcNow()).FirstOrDefault() is { } fault)
        {
            throw new CommandException(ExitCode.Refused, $"The certificate in '{path}' {fault}");
        }

        CheckChain(path, chain, authority is null ? [] : ReadPem(authority), time);
        files.Write(File.ReadAllText(path), ReadKey(files));
        return files.Certificate;
    }

    private static void CheckChain(
        string path, X509Certificate2Collection chain, X509Certificate2Collection authorities, TimeProvider time)
    {
        var roots = authorities.Concat(chain.Where(one => one.Subject == one.Issuer)).ToArray();
        if (roots.Length == 0)
        {
            throw new CommandException(
                ExitCode.Usage, $"'{path}' doesn't hold the CA's root. Give it with --ca FILE, so that the chain can "
                    + "be "
                    + "checked.");
        }

        using var check = new X509Chain();
        check.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        check.ChainPolicy.CustomTrustStore.AddRange(roots);
        check.ChainPolicy.ExtraStore.AddRange(chain);
        check.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        check.ChainPolicy.DisableCertificateDownloads = true;
        check.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        if (!check.Build(chain[0]))
        {
            var why = string.Join(' ', check.ChainStatus.Select(status => status.StatusInformation.Trim()));
            throw new CommandException(ExitCode.Refused, $"The chain in '{path}' isn't whole: {why}");
        }
    }

    private static bool IsFor(X509Certificate2 leaf, TlsFiles files)
    {
        if (!File.Exists(files.Key))
        {
            return false;
        }

        using var ours = leaf.GetECDsaPublicKey() is null ? (AsymmetricAlgorithm)RSA.Create() : ECDsa.Create();
        try
        {
            ours.ImportFromPem(File.ReadAllText(files.Key));
            return ours.ExportSubjectPublicKeyInfo().AsSpan()
                .SequenceEqual(leaf.PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // A key of the other kind.
            return false;
        }
    }

    private static string ReadKey(TlsFiles files) => File.Exists(files.Key)
        ? File.ReadAllText(files.Key)
        : throw new CommandException(
            ExitCode.NotFound, $"There is no '{files.Key}'. Make one with 'exchange certificate make'.");

    private static X509Certificate2Collection ReadPem(string path)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(path);
        }
        catch (CryptographicException exception)
        {
            throw new CommandException(ExitCode.Usage, $"'{path}' holds no certificate in PEM.", exception);
        }

        return found.Count > 0
            ? found
            : throw new CommandException(ExitCode.Usage, $"'{path}' holds no certificate in PEM.");
    }
}
