using System.Net;
using System.Net.Sockets;

namespace Exchange.EndToEnd.Tests;

/// <summary>Ports for nodes that must come back at the same address.</summary>
internal static class Ports
{
    /// <summary>An address that nobody serves at now.</summary>
    public static string FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"http://{socket.LocalEndPoint}";
    }
}
