namespace Grpc.Core;

/// <summary>Is told, by channel credentials, what they are. The runtime implements it.</summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    /// <summary>The channel isn't protected.</summary>
    public abstract void SetInsecureCredentials(object? state);

    /// <summary>The channel is protected by TLS; what is null is left to the platform.</summary>
    public abstract void SetSslCredentials(
        object? state,
        string? rootCertificates,
        KeyCertificatePair? keyCertificatePair,
        VerifyPeerCallback? verifyPeerCallback);

    /// <summary>The channel is protected, and every call has credentials.</summary>
    public abstract void SetCompositeCredentials(
        object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials);
}
