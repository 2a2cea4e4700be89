namespace Exchange.Cli.Client;

/// <summary>Where a command finds its node.</summary>
/// <param name="Uri">Such as <c>http://127.0.0.1:7070</c>.</param>
/// <param name="Origin">Where the address comes from, for the message when nobody answers there.</param>
internal sealed record NodeAddress(Uri Uri, string Origin)
{
    /// <summary>Where a node serves unless its configuration says otherwise.</summary>
    public const string Default = "http://127.0.0.1:7070";

    /// <summary>The file below a data directory that holds the running node's address.</summary>
    public const string RunFile = "run/address";

    /// <summary>
    /// Takes the address given, else that of the node that runs over a data directory, else the default.
    /// </summary>
    /// <exception cref="CommandException">The address is none, or nothing runs over the data directory.</exception>
    public static NodeAddress Resolve(string? node, string? data)
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

    public override string ToString() => Uri.GetLeftPart(UriPartial.Authority);

    private static Uri Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw new CommandException(
                ExitCode.Usage, $"'{text}' is no address of a node. It must begin with http:// or https://, such as "
                    + $"{Default}.");
}
