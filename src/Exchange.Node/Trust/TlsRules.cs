using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Exchange.Node.Trust;

/// <summary>What would make a node's certificate or its key no protection.</summary>
internal static class TlsRules
{
    private const int MinRsaBits = 2048;
    private const int MinCurveBits = 256;
    private const string HowToMake = "Make a new pair with 'exchange certificate make', or put PEM files of a "
        + "certificate and its private key there.";

    // sha1RSA, ecdsa-with-SHA1, dsa-with-sha1, md5RSA.
    private static readonly HashSet<string> BrokenSignatures =
    [
        "1.2.840.113549.1.1.5", "1.2.840.10045.4.1", "1.2.840.10040.4.3", "1.2.840.113549.1.1.4",
    ];

    /// <summary>Reads the files, and says everything that is wrong with them.</summary>
    /// <param name="files">Where they are.</param>
    /// <param name="now">When the certificate must be good.</param>
    /// <param name="certificate">What was read; null when there is a fault.</param>
    public static IReadOnlyList<string> Read(TlsFiles files, DateTimeOffset now, out TlsCertificate? certificate)
    {
        certificate = null;
        var faults = new List<string>();
        if (TlsFiles.ExposureOf(files.Key) is { } exposure)
        {
            faults.Add(exposure);
        }

        foreach (var path in new[] { files.Certificate, files.Key }.Where(path => !File.Exists(path)))
        {
            faults.Add($"'{path}' is absent. {HowToMake}");
        }

        if (!File.Exists(files.Certificate))
        {
            return faults;
        }

        try
        {
            using var leaf = X509Certificate2.CreateFromPem(File.ReadAllText(files.Certificate));
            faults.AddRange(FaultsOf(leaf, now).Select(fault => $"The certificate in '{files.Certificate}' {fault}"));
            certificate = File.Exists(files.Key) ? TlsCertificate.Read(files) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or CryptographicException or ArgumentException)
        {
            faults.Add(
                $"The certificate '{files.Certificate}' and the key '{files.Key}' can't be used together: "
                + $"{exception.Message} {HowToMake}");
        }

        certificate = faults.Count == 0 ? certificate : null;
        return faults;
    }

    /// <summary>Says what is wrong with a certificate, whosever it is.</summary>
    public static IEnumerable<string> FaultsOf(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (now > certificate.NotAfter)
        {
            yield return $"was good until {certificate.NotAfter.ToUniversalTime():u}. Renew it with 'exchange "
                + "certificate make', or ask the CA: 'exchange certificate request'.";
        }
        else if (now < certificate.NotBefore)
        {
            yield return $"is good from {certificate.NotBefore.ToUniversalTime():u} on. "
                + "Set this machine's clock right.";
        }

        if (BrokenSignatures.Contains(certificate.SignatureAlgorithm.Value!))
        {
            yield return $"is signed with {certificate.SignatureAlgorithm.FriendlyName}, which can be forged. Have it "
                + "issued again with SHA-256.";
        }

        using var rsa = certificate.GetRSAPublicKey();
        using var curve = certificate.GetECDsaPublicKey();
        if (rsa is { KeySize: < MinRsaBits })
        {
            yield return $"has an RSA key of {rsa.KeySize} bits; it must have at least {MinRsaBits}. {HowToMake}";
        }
        else if (curve is { KeySize: < MinCurveBits })
        {
            yield return $"has a key on a curve of {curve.KeySize} bits; it must have at least {MinCurveBits}. "
                + HowToMake;
        }
        else if (rsa is null && curve is null)
        {
            yield return $"has a key that is neither RSA nor on an elliptic curve. {HowToMake}";
        }
    }
}
