using Exchange.Node.Sync;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>What is said when a partner's line fails.</summary>
public sealed class PeerFailureTests
{
    [Theory]
    [InlineData("Error connecting to the server.")]
    [InlineData("Error connecting to the server")]
    public void A_status_that_ends_with_a_dot_ends_with_one_in_the_message(string detail)
    {
        var failure = PeerFailure.Read(new RpcException(new Status(StatusCode.Unavailable, detail)), "dongguan");

        Assert.Equal(
            "Partner 'dongguan' can't be reached: Unavailable: Error connecting to the server. "
            + "Connect again, with backoff.",
            failure.Message);
    }
}
