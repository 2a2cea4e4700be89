using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Exchange.Node.Tests.Trust;

/// <summary>Certificates of every kind that a node may meet, with their private keys.</summary>
internal static class SampleCertificates
{
    /// <summary>Good from 2020 to 2100, unless said otherwise.</summary>
    public static X509Certificate2 Make(
        string name = "zhaotong",
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        int rsaBits = 0,
        X509Certificate2? issuer = null)
    {
        using var rsa = rsaBits == 0 ? null : RSA.Create(rsaBits);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = rsa is null
            ? new CertificateRequest($"CN={name}", curve, HashAlgorithmName.SHA256)
            : new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        if (name == "root")
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        }

        var (begin, end) = (from ?? Day(2020), until ?? Day(2100));
        if (issuer is null)
        {
            return request.CreateSelfSigned(begin, end);
        }

        using var issued = request.Create(issuer, begin, end, [1, 2, 3]);
        return rsa is null ? issued.CopyWithPrivateKey(curve) : issued.CopyWithPrivateKey(rsa);
    }

    /// <summary>
    /// The same certificate as if an RSA key had signed it with SHA-1: nobody makes such a one any more, so its name of the
    /// algorithm is changed, and the signature isn't good.
    /// </summary>
    public static X509Certificate2 AsSha1(X509Certificate2 certificate)
    {
        byte[] sha256 = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
        var bytes = certificate.RawData;
        for (var at = bytes.AsSpan().IndexOf(sha256); at >= 0; at = bytes.AsSpan().IndexOf(sha256))
        {
            bytes[at + sha256.Length - 1] = 0x05;
        }

        return X509CertificateLoader.LoadCertificate(bytes);
    }

    public static DateTimeOffset Day(int year, int month = 1, int day = 1) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The private key in PEM.</summary>
    public static string KeyOf(X509Certificate2 certificate)
    {
        using var curve = certificate.GetECDsaPrivateKey();
        using var rsa = certificate.GetRSAPrivateKey();
        return curve?.ExportPkcs8PrivateKeyPem() ?? rsa!.ExportPkcs8PrivateKeyPem();
    }
}
