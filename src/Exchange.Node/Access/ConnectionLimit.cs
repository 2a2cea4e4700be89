using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>
/// How many connections one address may have open. Those beyond are closed before the handshake, which costs more than
/// all that comes before a call is known.
/// </summary>
internal sealed partial class ConnectionLimit(IOptions<AccessOptions> access, ILogger<ConnectionLimit> log)
{
    // What one customer of a provider has of IPv6, who would otherwise take another address for each connection.
    private const int NetworkBytes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _open = [];
    private readonly HashSet<IPAddress> _told = [];

    /// <summary>A step of each connection, before TLS.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var address = NetworkOf((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        if (!Enter(address))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    };

    /// <summary>What connections are counted by: an address, of IPv6 the network.</summary>
    public static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, NetworkBytes, bytes.Length - NetworkBytes);
        return new IPAddress(bytes);
    }

    private bool Enter(IPAddress address)
    {
        var most = access.Value.ConnectionsPerAddress;
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(address);
            if (open < most)
            {
                _open[address] = open + 1;
                return true;
            }

            if (!_told.Add(address))
            {
                return false;
            }
        }

        TooMany(address, most);
        return false;
    }

    private void Leave(IPAddress address)
    {
        lock (_gate)
        {
            if (--_open[address] == 0)
            {
                _open.Remove(address);
                _told.Remove(address);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "{Address} has {Most} connections open; further ones are closed until some of these end")]
    private partial void TooMany(IPAddress address, int most);
}
