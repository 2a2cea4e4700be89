using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;

namespace Exchange.Cli.Setup;

/// <summary>Makes a node's directory, with the agreement and key of a first partner.</summary>
internal static class NodeSetup
{
    /// <summary>Checks everything that was asked for, then makes the directory.</summary>
    /// <exception cref="CommandException">Something is wrong; all of it is named, and nothing was made.</exception>
    /// <exception cref="AgreementException">The partner's agreement can't be used.</exception>
    public static void Create(DataDirectory data, NodeInitRequest request, FirstPeer? peer, TimeProvider time)
    {
        Check(request);
        if (peer is null)
        {
            NodeInit.Create(data, request);
            return;
        }

        // Only the owner may look into it: the key passes through.
        var drafts = Directory.CreateTempSubdirectory("exchange-init-");
        try
        {
            NodeInit.Create(data, request with { Peers = [Draft(drafts.FullName, request.Id, peer, time)] });
        }
        finally
        {
            drafts.Delete(recursive: true);
        }
    }

    private static NodeInitPeer Draft(string folder, string node, FirstPeer peer, TimeProvider time)
    {
        if (peer is { Agreement: { } agreement, DigestKey: { } key })
        {
            var terms = AgreementFile.Load(agreement, new RecordKinds());
            return terms.PartnerOf(node) == peer.Node
                ? new NodeInitPeer(peer.Node, peer.Address, agreement, key, peer.Mode)
                : throw new CommandException(
                    ExitCode.Usage, $"The agreement '{agreement}' isn't between '{node}' and '{peer.Node}'.");
        }

        if (peer.Profile is null)
        {
            return new NodeInitPeer(peer.Node, peer.Address, null, null, peer.Mode);
        }

        var (agreementFile, keyFile) = (Path.Combine(folder, "agreement.json"), Path.Combine(folder, "digest-key"));
        File.WriteAllText(agreementFile, AgreementDraft.Write(node, peer, time));
        File.WriteAllText(keyFile, AgreementDraft.NewKey());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return new NodeInitPeer(peer.Node, peer.Address, agreementFile, keyFile, peer.Mode);
    }

    private static void Check(NodeInitRequest request)
    {
        var node = new NodeOptionsValidator().Validate(null, new NodeOptions { Id = request.Id, Name = request.Name });
        var listen = new ListenOptionsValidator().Validate(null, new ListenOptions
        {
            Address = request.Address,

            // The certificate is written into the configuration later; only the address is checked here.
            Certificate = "later",
            CertificateKey = "later",
        });
        var store = new StoreSettingsValidator().Validate(null, new StoreSettings { Engine = request.Engine });
        string[] errors = [.. node.Failures ?? [], .. listen.Failures ?? [], .. store.Failures ?? []];
        if (errors.Length > 0)
        {
            throw new CommandException(ExitCode.Usage, string.Join(" ", errors));
        }
    }
}
