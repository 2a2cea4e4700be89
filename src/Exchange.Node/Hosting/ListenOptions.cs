namespace Exchange.Node.Hosting;

/// <summary>The section <c>Listen</c> of the configuration: where the node serves.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>
    /// Where to serve, such as <c>http://127.0.0.1:7070</c>; port 0 takes a free one. Without TLS only loopback is
    /// allowed.
    /// Default <c>http://127.0.0.1:7070</c>.
    /// </summary>
    public string Address { get; set; } = "http://127.0.0.1:7070";

    /// <summary>
    /// Path of the server certificate in PEM, with its chain; required for https. Relative to the data directory.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>
    /// Path of the certificate's private key in PEM; required for https. Relative to the data directory.
    /// </summary>
    public string? CertificateKey { get; set; }

    /// <summary>Longest time that a stop waits for calls to end. Default 20 s; 1 s to 5 min.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
