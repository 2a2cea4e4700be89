using Exchange.Node.Hosting;

namespace Exchange.Cli.Client;

/// <summary>Where a command finds its node.</summary>
/// <param name="Uri">Such as <c>https://127.0.0.1:7070</c>.</param>
/// <param name="Origin">Where the address comes from, for the message when nobody answers there.</param>
internal sealed record NodeAddress(Uri Uri, string Origin)
{
    /// <summary>The environment variable that holds a token, for programs that start this one.</summary>
    public const string TokenVariable = "EXCHANGE_TOKEN";

    /// <summary>Where a node serves unless its configuration says otherwise.</summary>
    public const string Default = "https://127.0.0.1:7070";

    /// <summary>The file below a data directory that holds the running node's address.</summary>
    public const string RunFile = "run/address";

    /// <summary>The file below a data directory that holds the certificate which the running node shows.</summary>
    public const string CertificateFile = "run/certificate.pem";

    /// <summary>
    /// Reads the token to show; null for none. Asked anew for every call, because the operator's changes with every
    /// start of the node.
    /// </summary>
    public Func<string?> Token { get; init; } = () => null;

    /// <summary>
    /// The file of the certificate that the node must show, in PEM; null for any that the system trusts. Read at each
    /// handshake, because the node may have replaced it.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>
    /// Takes the address given, else that of the node that runs over a data directory, else the default.
    /// </summary>
    /// <param name="node">The address, or null.</param>
    /// <param name="data">
    /// The data directory, or null; its node's own token is shown, and its certificate expected, unless others are
    /// given.
    /// </param>
    /// <param name="tokenFile">A file that holds a token, or null.</param>
    /// <param name="certificate">A file that holds the certificate which the node must show, or null.</param>
    /// <exception cref="CommandException">
    /// The address is none, a file isn't there, nothing runs over the data directory, or a token would cross a network
    /// in the clear.
    /// </exception>
    public static NodeAddress Resolve(
        string? node, string? data, string? tokenFile = null, string? certificate = null)
    {
        if (certificate is not null && !File.Exists(certificate))
        {
            throw new CommandException(ExitCode.NotFound, $"There is no certificate '{certificate}'.");
        }

        var address = Find(node, data) with
        {
            Token = TokenOf(data, tokenFile),
            Certificate = certificate ?? (data is null ? null : Path.Combine(data, CertificateFile)),
        };
        return address.Uri.Scheme == Uri.UriSchemeHttps || address.Uri.IsLoopback || address.Token() is null
            ? address
            : throw new CommandException(
                ExitCode.Usage,
                $"A token isn't sent to {address} in the clear, where everybody on the way could read it. Use https.");
    }

    public override string ToString() => Uri.GetLeftPart(UriPartial.Authority);

    private static NodeAddress Find(string? node, string? data)
    {
        if (node is not null)
        {
            return new NodeAddress(Parse(node), "--node");
        }

        if (data is null)
        {
            return new NodeAddress(Parse(Default), "the default");
        }

        var file = Path.Combine(data, RunFile);
        return File.Exists(file)
            ? new NodeAddress(Parse(File.ReadAllText(file).Trim()), $"'{file}'")
            : throw new CommandException(
                ExitCode.Unreachable,
                $"No node runs over '{data}': there is no '{file}'. Start it with 'exchange serve --data {data}', "
                + "or give an address with --node.");
    }

    private static Func<string?> TokenOf(string? data, string? tokenFile)
    {
        if (tokenFile is not null)
        {
            return () => File.ReadAllText(tokenFile).Trim();
        }

        if (data is null)
        {
            return () => Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token : null;
        }

        // A node that is being started again has none for a moment; the call fails then as one to a stopped node does.
        var file = new DataDirectory(data).RunToken;
        return () => File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    private static Uri Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw new CommandException(
                ExitCode.Usage, $"'{text}' is no address of a node. It must begin with http:// or https://, such as "
                    + $"{Default}.");
}
