using System.Globalization;
using System.Text;
using System.Text.Json;
using Exchange.Node.Trust;

namespace Exchange.Node.Hosting;

/// <summary>What <c>exchange init</c> asks for.</summary>
/// <param name="Id">The node's id.</param>
/// <param name="Name">The body that runs it; empty for the id.</param>
/// <param name="Address">Where it serves.</param>
/// <param name="TestNode">Takes generated ID numbers.</param>
/// <param name="Engine">The storage engine; null for the default.</param>
/// <param name="Peers">The first partners; more can be added to the file.</param>
internal sealed record NodeInitRequest(
    string Id, string Name, string Address, bool TestNode, string? Engine, IReadOnlyList<NodeInitPeer> Peers);

/// <summary>A partner to write into the new configuration.</summary>
/// <param name="Node">Its node id.</param>
/// <param name="Address">Where it serves; null if it calls us.</param>
/// <param name="Mode"><c>nightly</c>, <c>live</c> or <c>passive</c>.</param>
internal sealed record NodeInitPeer(string Node, string? Address, string Mode);

/// <summary>Makes a data directory: keys, a commented configuration, folders.</summary>
internal static class NodeInit
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="IOException">The directory holds a node already, or can't be written.</exception>
    public static void Create(DataDirectory data, NodeInitRequest request, TimeProvider time)
    {
        if (File.Exists(data.ConfigFile))
        {
            throw new IOException($"'{data.ConfigFile}' exists: this directory holds a node already.");
        }

        Directory.CreateDirectory(data.Store);
        NodeKeys.Create(data.Keys).Dispose();
        var key = TlsMaker.NewKey();
        new ListenOptions().FilesIn(data).Write(
            TlsMaker.SelfMade(key, request.Id, new Uri(request.Address).Host, time.GetUtcNow()), key);

        // Last: a directory without a configuration is no node, and init can be run again.
        File.WriteAllText(data.ConfigFile, Configuration(request));
    }

    private static string Configuration(NodeInitRequest request)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            // The configuration of this node. Every setting is described in docs/reference/config.md; what is
            // commented out
            // stands at its default. Environment variables override it: EXCHANGE_Log__Level=Debug.
            {
              "Node": {
                // Unique among partners, fixed for life: records carry it.
                "Id": {{Quote(request.Id)}},

                // The body that runs the node, for people.
                "Name": {{Quote(request.Name)}},

                // True only for tests: accepts ID numbers with place codes that were never issued.
                "TestNode": {{(request.TestNode ? "true" : "false")}}
              },

              "Listen": {
                // https with the certificate and the key of these two PEM files. Plain http is for local systems on
                // loopback alone: partners are never answered without TLS.
                "Address": {{Quote(request.Address)}}
                // "Certificate": "{{TlsFiles.DefaultCertificate}}",
                // "CertificateKey": "{{TlsFiles.DefaultKey}}",
                // "StopTimeout": "00:00:20",
                // Pages of these origins may call with JSON from a browser: ["https://jobs.example.cn"].
                // "Origins": []
              },

              "Store": {
                // "sqlite" or "litedb", for a new store; an existing one remembers its engine.
                "Engine": {{(request.Engine is null ? "null" : Quote(request.Engine))}}
              },

              "Log": {
                // Verbose, Debug, Information, Warning, Error, Fatal.
                "Level": "Information"
                // "KeepDays": 200
              },

              "Sync": {
                // Lines to partners; what may flow is agreed with: exchange agreement. Node: its id. Address: where it
                // serves; absent if it calls us. Mode: "nightly" (at At, Asia/Shanghai, plus up to JitterMinutes),
                // "live" (the stream stays open), or "passive" (it calls us).
                "Peers": [
            """);
        text.AppendJoin(',', request.Peers.Select(Peer));
        text.Append("""

                ]
              }
            }

            """);
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string Peer(NodeInitPeer peer)
    {
        var address = peer.Address is null ? "" : $"\n        \"Address\": {Quote(peer.Address)},";
        return $$"""

                  {
                    "Node": {{Quote(peer.Node)}},{{address}}
                    "Mode": {{Quote(peer.Mode)}},
                    "At": "02:30",
                    "JitterMinutes": 10
                  }
            """;
    }

    private static string Quote(string text) =>
        JsonSerializer.Serialize(text, Readable);
}
