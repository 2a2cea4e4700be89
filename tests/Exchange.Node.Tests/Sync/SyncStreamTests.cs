using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>A call that is over says so in one way, so that a bug of this node isn't taken for it.</summary>
public sealed class SyncStreamTests
{
    [Fact]
    public async Task A_call_that_is_over_is_a_failure_of_the_line()
    {
        var called = new CalledSyncStream(new OverStream(), new OverStream());

        await Assert.ThrowsAsync<IOException>(() => called.ReadAsync(default));
        await Assert.ThrowsAsync<IOException>(() => called.WriteAsync(new SyncFrame(), default));
    }

    private sealed class OverStream : IAsyncStreamReader<SyncRequest>, IServerStreamWriter<SyncResponse>
    {
        public SyncRequest Current => throw Over();

        public WriteOptions? WriteOptions { get; set; }

        public Task<bool> MoveNext(CancellationToken cancellationToken) => throw Over();

        public Task WriteAsync(SyncResponse message) => throw Over();

        public Task WriteAsync(SyncResponse message, CancellationToken cancellationToken) => throw Over();

        private static InvalidOperationException Over() => new("Can't go on: the request is complete.");
    }
}
