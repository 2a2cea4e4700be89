using Exchange.Cli.Client;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Cli.Commands;

/// <summary>
/// Tells other programs on this machine where the node of a data directory serves, and which certificate it shows.
/// </summary>
internal static class RunFile
{
    /// <summary>Writes the address of a started node.</summary>
    public static Announcement Announce(DataDirectory data, WebApplication app)
    {
        // Asked of the server, not of the configuration: with port 0 only the server knows.
        var server = app.Services.GetRequiredService<IServer>();
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var identity = app.Services.GetRequiredService<TlsIdentity>();
        identity.Changed += certificate => Write(data, certificate);
        Write(data, identity.Present);
        Write(data, NodeAddress.RunFile, address);
        return new Announcement(
            app.Services.GetRequiredService<NodeIdentity>().Id, address, data.Path, Environment.ProcessId);
    }

    /// <summary>Removes the address and the token, after a good stop.</summary>
    public static void Remove(DataDirectory data)
    {
        File.Delete(data.In(NodeAddress.RunFile));
        File.Delete(data.RunToken);
    }

    private static void Write(DataDirectory data, TlsCertificate certificate) =>
        Write(data, NodeAddress.CertificateFile, certificate.Leaf.ExportCertificatePem());

    private static void Write(DataDirectory data, string name, string text)
    {
        var path = data.In(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        File.WriteAllText(temporary, text + "\n");
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>What <c>exchange serve --json</c> writes once it serves.</summary>
    /// <param name="Node">The node's id.</param>
    /// <param name="Address">Where it serves.</param>
    /// <param name="Data">Its data directory.</param>
    /// <param name="ProcessId">Its process.</param>
    internal sealed record Announcement(string Node, string Address, string Data, int ProcessId);
}
