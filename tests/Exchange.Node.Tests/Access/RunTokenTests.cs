using Exchange.Cli;
using Exchange.Cli.Client;
using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>How the program comes by the token that it shows.</summary>
public sealed class RunTokenTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private DataDirectory Data => new(_directory.Path);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_file_is_for_the_account_that_runs_the_node_alone()
    {
        Directory.CreateDirectory(Data.In("run"));
        File.WriteAllText(Data.RunToken, "older, and readable by all");

        var token = new RunToken();
        token.Write(Data.RunToken);

        Assert.Equal(token.Text, File.ReadAllText(Data.RunToken).Trim());
        Assert.True(
            OperatingSystem.IsWindows()
            || File.GetUnixFileMode(Data.RunToken) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void A_token_begins_with_what_searches_for_leaked_ones_look_for()
    {
        var token = AccessToken.New();

        Assert.Matches("^exchange_[A-Za-z0-9_-]{43}$", token);
        Assert.NotEqual(token, AccessToken.New());
    }

    [Fact]
    public void With_the_data_directory_the_program_shows_the_token_of_the_latest_start()
    {
        Directory.CreateDirectory(Data.In("run"));
        File.WriteAllText(Data.In(NodeAddress.RunFile), "http://127.0.0.1:7070");
        var address = NodeAddress.Resolve(null, Data.Path);

        var before = address.Token();
        new RunToken().Write(Data.RunToken);
        var first = address.Token();
        new RunToken().Write(Data.RunToken);

        Assert.Null(before);
        Assert.NotNull(first);
        Assert.NotEqual(first, address.Token());
    }

    [Fact]
    public void A_token_file_is_preferred_to_the_operators()
    {
        var file = Data.In("token");
        File.WriteAllText(file, "exchange_x\n");

        Assert.Equal("exchange_x", NodeAddress.Resolve("http://127.0.0.1:7070", Data.Path, file).Token());
    }

    [Fact]
    public void A_token_isnt_sent_over_a_network_in_the_clear()
    {
        var file = Data.In("token");
        File.WriteAllText(file, "exchange_x");

        var error = Assert.Throws<CommandException>(() => NodeAddress.Resolve("http://192.0.2.1:7070", null, file));

        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains("https", error.Message, StringComparison.Ordinal);
        Assert.Equal("exchange_x", NodeAddress.Resolve("https://192.0.2.1:7070", null, file).Token());
        Assert.Null(NodeAddress.Resolve("http://192.0.2.1:7070", null).Token());
    }
}
