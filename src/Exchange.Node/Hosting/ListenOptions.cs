using Exchange.Node.Trust;

namespace Exchange.Node.Hosting;

/// <summary>The section <c>Listen</c> of the configuration: where the node serves.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>
    /// Where to serve, such as <c>https://127.0.0.1:7070</c>; port 0 takes a free one. Plain http is allowed on
    /// loopback, for local systems alone: partners are never answered without TLS.
    /// Default <c>https://127.0.0.1:7070</c>.
    /// </summary>
    public string Address { get; set; } = "https://127.0.0.1:7070";

    /// <summary>
    /// Path of the node's certificate in PEM, with its chain: shown to callers, and to partners that are called.
    /// Relative to the data directory. Default <c>keys/tls.pem</c>.
    /// </summary>
    public string Certificate { get; set; } = TlsFiles.DefaultCertificate;

    /// <summary>
    /// Path of the certificate's private key in PEM. Relative to the data directory. Default <c>keys/tls.key</c>.
    /// </summary>
    public string CertificateKey { get; set; } = TlsFiles.DefaultKey;

    /// <summary>
    /// Origins whose pages may call the node with JSON from a browser, such as <c>https://jobs.example.cn</c>: scheme,
    /// host and port as a browser names them. Plain http only on loopback. Default: none.
    /// </summary>
    public IList<string> Origins { get; } = [];

    /// <summary>Both files.</summary>
    internal TlsFiles FilesIn(DataDirectory data) => new(data.In(Certificate), data.In(CertificateKey));

    /// <summary>Longest time that a stop waits for calls to end. Default 20 s; 1 s to 5 min.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
