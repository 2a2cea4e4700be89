namespace Grpc.Core;

/// <summary>Decides whether the other side of a TLS connection is accepted.</summary>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);

/// <summary>The other side of a TLS connection.</summary>
public class VerifyPeerContext
{
    internal VerifyPeerContext(string targetName, string peerPem)
    {
        TargetName = targetName;
        PeerPem = peerPem;
    }

    /// <summary>The name that was connected to.</summary>
    public string TargetName { get; }

    /// <summary>The certificate of the other side, in PEM.</summary>
    public string PeerPem { get; }
}
