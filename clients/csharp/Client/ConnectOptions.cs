namespace Exchange.Client;

/// <summary>Who the caller is and whom it trusts. All of it may be left out.</summary>
public sealed record ConnectOptions
{
    /// <summary>An API token.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// PEM of the certificate that the node must show, or of the authority that signed it. Default: the system's.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>PEM, for mutual TLS.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM, for mutual TLS.</summary>
    public string? ClientKey { get; init; }

    /// <summary>For a unary call, tries and waits together, unless it has a deadline of its own. Default 30 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a watch or a publication goes on while the node is silent. Default 5 min.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// As the program <c>exchange</c> takes them: EXCHANGE_TOKEN holds an API token, EXCHANGE_CERTIFICATE,
    /// EXCHANGE_CLIENT_CERTIFICATE and EXCHANGE_CLIENT_KEY name PEM files.
    /// </summary>
    public static ConnectOptions FromEnvironment() => new()
    {
        Token = Environment.GetEnvironmentVariable("EXCHANGE_TOKEN"),
        Certificate = Pem("EXCHANGE_CERTIFICATE"),
        ClientCertificate = Pem("EXCHANGE_CLIENT_CERTIFICATE"),
        ClientKey = Pem("EXCHANGE_CLIENT_KEY"),
    };

    private static string? Pem(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } path ? File.ReadAllText(path) : null;
}
