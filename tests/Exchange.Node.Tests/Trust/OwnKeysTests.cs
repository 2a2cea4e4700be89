using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Hosting;
using Exchange.Node.Trust;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Trust;

/// <summary>What a node doesn't start with: keys and certificates that protect nothing.</summary>
public sealed class OwnKeysTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    private DataDirectory Data => new(_directory.Path);

    private TlsFiles Files => new ListenOptions().FilesIn(Data);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_init_makes_is_good_and_names_the_node_and_its_address()
    {
        var key = TlsMaker.NewKey();
        Files.Write(TlsMaker.SelfMade(key, "zhaotong", "192.0.2.7", _time.GetUtcNow()), key);

        var read = TlsCertificate.Read(Files);

        Assert.Empty(Faults());
        Assert.Equal("CN=zhaotong", read.Leaf.Subject);
        var names = read.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["zhaotong"], names.EnumerateDnsNames());
        Assert.Equal(["192.0.2.7"], names.EnumerateIPAddresses().Select(address => address.ToString()));
        Assert.Equal(_time.GetUtcNow() + TlsMaker.Validity, read.Leaf.NotAfter, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_certificate_is_shown_with_the_chain_that_its_file_holds()
    {
        using var root = SampleCertificates.Make("root");
        using var leaf = SampleCertificates.Make(issuer: root);
        Files.Write(leaf.ExportCertificatePem() + "\n" + root.ExportCertificatePem(), SampleCertificates.KeyOf(leaf));

        var read = TlsCertificate.Read(Files);

        Assert.True(read.Leaf.HasPrivateKey);
        Assert.Equal(leaf.Thumbprint, read.Context.TargetCertificate.Thumbprint);
        Assert.Empty(Faults());
    }

    [Fact]
    public void Files_that_are_absent_are_named_both_with_the_command_that_makes_them()
    {
        var faults = Faults();

        Assert.Equal(2, faults.Count);
        Assert.Contains("tls.pem' is absent", faults[0], StringComparison.Ordinal);
        Assert.Contains("tls.key' is absent", faults[1], StringComparison.Ordinal);
        Assert.All(faults, fault => Assert.Contains("exchange certificate make", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_private_key_that_others_may_read_is_named_with_the_command_that_mends_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        NodeKeys.Create(Data.Keys).Dispose();
        using var certificate = SampleCertificates.Make();
        Put(certificate);
        Assert.Empty(Faults());

        var identity = Path.Combine(Data.Keys, NodeKeys.FileName);
        File.SetUnixFileMode(Files.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.SetUnixFileMode(identity, UnixFileMode.UserRead | UnixFileMode.OtherWrite);

        var faults = Faults();
        Assert.Equal(2, faults.Count);
        Assert.Contains($"chmod 600 '{Files.Key}'", faults[0], StringComparison.Ordinal);
        Assert.Contains($"chmod 600 '{identity}'", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_is_over_is_named_with_its_end()
    {
        using var certificate = SampleCertificates.Make(until: SampleCertificates.Day(2026, 3, 1));
        Put(certificate);

        Assert.Contains("was good until 2026-03-01 00:00:00Z", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_tomorrow_points_to_the_clock()
    {
        using var certificate = SampleCertificates.Make(from: SampleCertificates.Day(2099));
        Put(certificate);

        Assert.Contains("clock", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_with_the_key_of_another_is_refused()
    {
        using var certificate = SampleCertificates.Make();
        Files.Write(certificate.ExportCertificatePem(), TlsMaker.NewKey());

        Assert.Contains("can't be used together", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_rsa_key_and_a_forgeable_signature_are_both_named()
    {
        using var certificate = SampleCertificates.Make(rsaBits: 1024);
        using var old = SampleCertificates.AsSha1(certificate);
        Files.Write(old.ExportCertificatePem(), SampleCertificates.KeyOf(certificate));

        var faults = Faults();
        Assert.Equal(2, faults.Count);
        Assert.Contains("signed with sha1", faults[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("RSA key of 1024 bits", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_rsa_key_is_good()
    {
        using var certificate = SampleCertificates.Make(rsaBits: 2048);
        Put(certificate);

        Assert.Empty(Faults());
    }

    private void Put(X509Certificate2 certificate) =>
        Files.Write(certificate.ExportCertificatePem(), SampleCertificates.KeyOf(certificate));

    private List<string> Faults() =>
        [.. new OwnKeysValidator(Data, _time).Validate(null, new ListenOptions()).Failures ?? []];
}
