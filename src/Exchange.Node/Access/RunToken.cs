using System.Security.Cryptography;
using Exchange.Node.Trust;

namespace Exchange.Node.Access;

/// <summary>
/// The token of whoever runs the node on its own machine. It is made anew at each start and lies beside the node's
/// address, readable as its keys are: for the account that runs the node and nobody else.
/// </summary>
internal sealed class RunToken
{
    private readonly byte[] _hash;

    public RunToken()
    {
        Text = AccessToken.New();
        _hash = AccessToken.Hash(Text);
    }

    public string Text { get; }

    public bool Is(string token) => CryptographicOperations.FixedTimeEquals(AccessToken.Hash(token), _hash);

    /// <summary>Writes it where programs on this machine look for it.</summary>
    public void Write(string path) => PrivateFile.Replace(path, Text + "\n");
}
