using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Cli;
using Exchange.Node.Hosting;
using Exchange.Node.Tests.Cli;
using Exchange.Node.Trust;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Trust;

/// <summary><c>exchange certificate</c> on the files of a data directory.</summary>
public sealed class CertificateCommandTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private DataDirectory Data => new(In("n"));

    private TlsFiles Files => new ListenOptions().FilesIn(Data);

    public async Task InitializeAsync() => Assert.Equal(ExitCode.Ok, (await RunAsync("init", "--id", "zhaotong")).Exit);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_a_ca_issued_for_the_key_is_taken_after_its_chain_was_checked()
    {
        var before = TlsCertificate.Read(Files).KeyHash;
        using var root = SampleCertificates.Make("root");
        using var stranger = SampleCertificates.Make("root");
        await File.WriteAllTextAsync(In("root.pem"), root.ExportCertificatePem());
        await File.WriteAllTextAsync(In("stranger.pem"), stranger.ExportCertificatePem());
        await RunAsync("certificate", "request", "--out", In("csr.pem"), "--host", "exchange.zhaotong.example");
        await IssueAsync(root);

        var without = await RunAsync("certificate", "install", In("issued.pem"));
        var wrong = await RunAsync("certificate", "install", In("issued.pem"), "--ca", In("stranger.pem"));
        Assert.Equal("CN=zhaotong", TlsCertificate.Read(Files).Leaf.Issuer);
        var taken = await RunAsync("certificate", "install", In("issued.pem"), "--ca", In("root.pem"));

        Assert.Equal((ExitCode.Usage, ExitCode.Refused, ExitCode.Ok), (without.Exit, wrong.Exit, taken.Exit));
        Assert.Contains("isn't whole", wrong.Error, StringComparison.Ordinal);
        var read = TlsCertificate.Read(Files);
        Assert.Equal("CN=root", read.Leaf.Issuer);
        Assert.Equal(before, read.KeyHash);
        Assert.Contains(
            "exchange.zhaotong.example",
            read.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
    }

    [Fact]
    public async Task A_certificate_for_another_key_is_refused_and_nothing_changes()
    {
        var before = await File.ReadAllTextAsync(Files.Certificate);
        using var other = SampleCertificates.Make();
        await File.WriteAllTextAsync(In("issued.pem"), other.ExportCertificatePem());

        var refused = await RunAsync("certificate", "install", In("issued.pem"));

        Assert.Equal(ExitCode.Refused, refused.Exit);
        Assert.Contains("is for another key", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(Files.Certificate));
    }

    [Fact]
    public async Task A_certificate_is_made_anew_for_the_same_key_or_for_a_new_one()
    {
        var first = TlsCertificate.Read(Files);
        await RunAsync("certificate", "make");
        var second = TlsCertificate.Read(Files);
        await RunAsync("certificate", "make", "--new-key");
        var third = TlsCertificate.Read(Files);

        Assert.Equal(first.KeyHash, second.KeyHash);
        Assert.NotEqual(first.Leaf.Thumbprint, second.Leaf.Thumbprint);
        Assert.NotEqual(second.KeyHash, third.KeyHash);
        Assert.Null(TlsFiles.ExposureOf(Files.Key));
    }

    private async Task IssueAsync(X509Certificate2 root)
    {
        var request = CertificateRequest.LoadSigningRequestPem(
            await File.ReadAllTextAsync(In("csr.pem")),
            HashAlgorithmName.SHA256,
            CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        using var issued = request.Create(root, SampleCertificates.Day(2025), SampleCertificates.Day(2090), [1, 2, 3]);
        await File.WriteAllTextAsync(In("issued.pem"), issued.ExportCertificatePem());
    }

    private async Task<(int Exit, string Error)> RunAsync(params string[] arguments)
    {
        var run = new CommandRun();
        return (await run.RunAsync([.. arguments, "--data", Data.Path]), run.Error);
    }

    private string In(string name) => Path.Combine(_directory.Path, name);
}
