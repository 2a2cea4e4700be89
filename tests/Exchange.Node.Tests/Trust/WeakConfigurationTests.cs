using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Testing;
using Microsoft.Extensions.Options;
using Xunit;
using DataDirectory = Exchange.Node.Hosting.DataDirectory;

namespace Exchange.Node.Tests.Trust;

/// <summary>
/// A node doesn't start with what would take away its protection, and says how to mend it. Each is tried by starting one.
/// </summary>
public sealed class WeakConfigurationTests
{
    [Theory]
    [InlineData("keys/tls.key", "chmod 600")]
    [InlineData("keys/node-keys.json", "chmod 600")]
    [InlineData("keys/master-keys.json", "chmod 600")]
    [InlineData("keys", "chmod 700")]
    public async Task Keys_that_others_may_read(string path, string mend)
    {
        if (!OperatingSystem.IsWindows())
        {
            await RefusedAsync(data => Expose(data.In(path)), path, mend);
        }
    }

    [Fact]
    public Task A_private_key_that_is_absent() =>
        RefusedAsync(data => File.Delete(data.In("keys/tls.key")), "keys/tls.key", "exchange certificate make");

    [Theory]
    [InlineData("http://0.0.0.0:7070")]
    [InlineData("http://[::]:7070")]
    [InlineData("http://192.0.2.7:7070")]
    public Task No_tls_at_an_address_that_others_reach(string address) => RefusedAsync(
        data => Configure(data, "\"https://127.0.0.1:0\"", $"\"{address}\""), "Listen:Address", "Write https:// there");

    [Theory]
    [InlineData("http://exchange.bijie.example:7070")]
    [InlineData("http://127.0.0.1:7070")]
    public Task No_tls_on_the_line_to_a_partner(string address) => RefusedAsync(
        data => Configure(data, "\"Mode\": \"passive\"", $"\"Address\": \"{address}\", \"Mode\": \"nightly\""),
        address, "https only");

    [Theory]
    [InlineData("CallsPerSecond", 0)]
    [InlineData("OpenStreams", -1)]
    [InlineData("OpenCalls", 100_000)]
    [InlineData("ConnectionsPerAddress", 0)]
    [InlineData("FailedLoginsPerMinute", 1_000_000)]
    public Task A_limit_that_is_none(string limit, int value) => RefusedAsync(
        data => Configure(data, "\"Store\": {", $"\"Access\": {{ \"{limit}\": {value} }}, \"Store\": {{"),
        $"Access:{limit}",
        "it must be");

    private static void Expose(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherRead);
        }
    }

    private static void Configure(DataDirectory data, string from, string to)
    {
        var text = File.ReadAllText(data.ConfigFile);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(data.ConfigFile, text.Replace(from, to, StringComparison.Ordinal));
    }

    // A node that is good is weakened, and started.
    private static async Task RefusedAsync(Action<DataDirectory> weaken, string what, string mend)
    {
        using var directory = new TemporaryDirectory();
        var data = new DataDirectory(Path.Combine(directory.Path, "node"));
        NodeInitPeer[] peers = [new NodeInitPeer("bijie", null, "passive")];
        NodeInit.Create(
            data,
            new NodeInitRequest("dongguan", "", "https://127.0.0.1:0", TestNode: true, "sqlite", peers),
            TimeProvider.System);
        PrivateFile.Replace(data.In("keys/master-keys.json"), "{}");
        weaken(data);

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => NodeHost.BuildAsync(
            data, TimeProvider.System, ProtocolVersions.Current, CancellationToken.None));

        var failure = Assert.Single(error.Failures);
        Assert.Contains(what, failure, StringComparison.Ordinal);
        Assert.Contains(mend, failure, StringComparison.Ordinal);
    }
}
