using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Hosting;

/// <summary>What the node shows to those who connect over https.</summary>
/// <param name="Leaf">Its certificate with the private key.</param>
/// <param name="Chain">
/// All certificates of the file, with which a caller that knows the root alone can check the leaf.
/// </param>
internal sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain)
{
    /// <summary>Reads the files that the configuration names; null when the node serves without TLS.</summary>
    /// <exception cref="OptionsValidationException">A file can't be used.</exception>
    public static ServerCertificate? Load(ListenOptions options, DataDirectory data)
    {
        if (!options.Address.StartsWith(Uri.UriSchemeHttps + ":", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            var file = data.In(options.Certificate!);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            return new ServerCertificate(
                X509Certificate2.CreateFromPemFile(file, data.In(options.CertificateKey!)), chain);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or CryptographicException or ArgumentException)
        {
            throw new OptionsValidationException(
                ListenOptions.Section,
                typeof(ListenOptions),
                [
                    $"Listen:Certificate '{options.Certificate}' and Listen:CertificateKey '{options.CertificateKey}' "
                    + $"can't be used: {exception.Message} Put PEM files of a certificate and its private key there.",
                ]);
        }
    }
}
