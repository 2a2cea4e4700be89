using Exchange.Node.Trust;
using Exchange.Testing;

namespace Exchange.Node.Tests.Bundles;

/// <summary>The keys of two nodes, between which a file goes.</summary>
public abstract class BundleTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    protected BundleTests()
    {
        Sender = NodeKeys.Create(Path.Combine(_directory.Path, "sender"));
        Recipient = NodeKeys.Create(Path.Combine(_directory.Path, "recipient"));
    }

    private protected NodeKeys Sender { get; }

    private protected NodeKeys Recipient { get; }

    public void Dispose()
    {
        Sender.Dispose();
        Recipient.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }
}
