using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Cli;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange init</c></summary>
public sealed class InitCommandTests
{
    [Theory]
    [InlineData("--mode live", "--mode needs a partner: name it with --peer.")]
    [InlineData(
        "--peer dongguan --mode live",
        "Mode live needs --peer-address: this node calls the partner.")]
    public async Task Options_of_a_partner_that_do_not_fit_together_are_explained(string options, string expected)
    {
        using var directory = new TemporaryDirectory();
        var run = new CommandRun();
        var data = Path.Combine(directory.Path, "n");

        var exit = await run.RunAsync([.. $"init --id zhaotong --data {data} {options}".Split(' ')]);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal(expected + "\n", run.Error);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task Every_mistake_in_the_node_itself_is_named_at_once_and_nothing_is_made()
    {
        using var directory = new TemporaryDirectory();
        var run = new CommandRun();
        var data = Path.Combine(directory.Path, "n");

        var exit = await run.RunAsync(
            "init", "--id", "Zhao Tong", "--listen", "http://0.0.0.0:1", "--engine", "papyrus", "--data", data);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.All(
            new[] { "Node:Id", "Listen:Address", "Store:Engine" },
            mistake => Assert.Contains(mistake, run.Error, StringComparison.Ordinal));
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task A_signing_request_for_the_new_key_is_written_and_the_answer_of_a_ca_is_taken()
    {
        using var directory = new TemporaryDirectory();
        var (data, file) = (Path.Combine(directory.Path, "n"), Path.Combine(directory.Path, "n.csr"));
        var run = new CommandRun();

        var exit = await run.RunAsync("init", "--id", "zhaotong", "--data", data, "--signing-request", file);

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("exchange certificate install", run.Output, StringComparison.Ordinal);
        var request = CertificateRequest.LoadSigningRequestPem(await File.ReadAllTextAsync(file), HashAlgorithmName.SHA256);
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(data, "keys", "tls.key")));
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), request.PublicKey.ExportSubjectPublicKeyInfo());

        var answer = Path.Combine(directory.Path, "answer.pem");
        await File.WriteAllTextAsync(answer, Issue(request, run.Time.GetUtcNow()));
        Assert.Equal(ExitCode.Ok, await run.RunAsync("certificate", "install", answer, "--data", data));
    }

    // What a bureau's CA would answer, its root behind it.
    private static string Issue(CertificateRequest request, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=Bureau CA", key, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = root.CreateSelfSigned(now.AddDays(-1), now.AddYears(2));
        using var leaf = request.Create(authority, now.AddDays(-1), now.AddYears(1), [1, 2, 3, 4]);
        return leaf.ExportCertificatePem() + "\n" + authority.ExportCertificatePem();
    }

    [Fact]
    public async Task A_partner_can_be_named_before_anything_is_agreed()
    {
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "n");
        var run = new CommandRun();

        var exit = await run.RunAsync("init", "--id", "zhaotong", "--data", data, "--peer", "dongguan");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("exchange agreement propose", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "\"Node\": \"dongguan\"", await File.ReadAllTextAsync(Path.Combine(data, "exchange.json")), StringComparison.Ordinal);
    }
}
