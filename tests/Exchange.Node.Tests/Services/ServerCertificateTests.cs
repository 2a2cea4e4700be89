using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Hosting;
using Exchange.Testing;
using Microsoft.Extensions.Options;
using Xunit;

namespace Exchange.Node.Tests.Services;

public sealed class ServerCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    private DataDirectory Data => new(_directory.Path);

    private static ListenOptions Https => new()
    {
        Address = "https://192.0.2.1:7070",
        Certificate = "node.pem",
        CertificateKey = "node.key",
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_certificate_is_shown_with_the_chain_that_its_file_holds()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(Begin, Begin.AddYears(2));
        using var leaf = new CertificateRequest("CN=node", leafKey, HashAlgorithmName.SHA256)
            .Create(root, Begin, Begin.AddYears(1), [1, 2, 3]);
        File.WriteAllText(Data.In("node.pem"), leaf.ExportCertificatePem() + "\n" + root.ExportCertificatePem());
        File.WriteAllText(Data.In("node.key"), leafKey.ExportPkcs8PrivateKeyPem());

        var certificate = ServerCertificate.Load(Https, Data)!;

        Assert.True(certificate.Leaf.HasPrivateKey);
        Assert.Equal(["CN=node", "CN=root"], certificate.Chain.Select(one => one.Subject));
    }

    [Fact]
    public void A_file_that_is_missing_is_named_before_the_node_starts()
    {
        var error = Assert.Throws<OptionsValidationException>(() => ServerCertificate.Load(Https, Data));

        Assert.Contains("Listen:Certificate 'node.pem'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_tls_no_certificate_is_read() =>
        Assert.Null(ServerCertificate.Load(new ListenOptions { Certificate = "none" }, Data));
}
