using System.Threading.Channels;
using Exchange.Node.Agreements;
using Exchange.Node.Sync;
using Exchange.Testing;
using Exchange.Testing.Simulation;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>A whole nightly session between two nodes, over frames in memory.</summary>
internal static class FlowSession
{
    /// <summary>Runs a session that must complete with digests that agree.</summary>
    public static async Task<(SyncProgress Caller, SyncProgress Called)> RunAsync(
        FlowNode caller, FlowNode called, Agreement agreement, ManualTime time)
    {
        var (ours, theirs) = await TryAsync(caller, called, agreement, time, maxFrames: int.MaxValue);
        Assert.True(ours.DigestsMatch, "The caller's digests differ.");
        Assert.True(theirs.DigestsMatch, "The digests of the called side differ.");
        return (ours, theirs);
    }

    /// <summary>Runs a session over a line that is cut after so many frames of the called side.</summary>
    public static async Task<(SyncProgress Caller, SyncProgress Called)> TryAsync(
        FlowNode caller, FlowNode called, Agreement agreement, ManualTime time, int maxFrames)
    {
        var terms = new AgreementTerms(agreement);
        var session = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        var (there, back) = (Channel.CreateUnbounded<byte[]>(), Channel.CreateUnbounded<byte[]>());
        var ours = End(caller, called.Id, terms, session, isCaller: true);
        var theirs = End(called, caller.Id, terms, session, isCaller: false);
        var line = new Line(() =>
        {
            there.Writer.TryComplete();
            back.Writer.TryComplete();
        });
        await Task.WhenAll(
            RunAsync(ours, new Stream(back.Reader, there.Writer, int.MaxValue, line), caller, called.Id, agreement),
            RunAsync(theirs, new Stream(there.Reader, back.Writer, maxFrames, line), called, caller.Id, agreement));
        return (ours.Progress, theirs.Progress);
    }

    private static SyncSession End(FlowNode node, string peer, AgreementTerms terms, string session, bool isCaller) =>
        new(new SyncSessionOptions
        {
            Node = node.Id,
            Peer = peer,
            Epoch = node.Store.Epoch.ToString(),
            Agreement = terms,
            Signer = new SimulatedSigner(node.Id),
            IsCaller = isCaller,
            SessionId = isCaller ? session : "",
        });

    private static async Task RunAsync(
        SyncSession session, Stream stream, FlowNode node, string peer, Agreement agreement)
    {
        var flows = node.Flows(agreement);
        var ports = new SyncPorts(
            flows.Source(peer), flows.Sink(peer), new SyncReceipts(node.Store, peer),
            new PassedOnReports(node.Store, node.Id, peer, node.Time), (_, _) => Task.CompletedTask);
        try
        {
            await ports.Sink.RetryQuarantineAsync(default);
            await new SyncRunner(session, stream, ports, peer, node.Time)
                .RunAsync(new TaskCompletionSource<SyncFailure>().Task, default);
        }
        catch (Exception exception) when (stream.IsCut && exception is not Xunit.Sdk.XunitException)
        {
            // The line was cut, as the test wanted.
        }
        finally
        {
            stream.End();
        }
    }

    private sealed class Line(Action cut)
    {
        public bool IsCut { get; private set; }

        public void Cut()
        {
            IsCut = true;
            cut();
        }
    }

    private sealed class Stream(
        ChannelReader<byte[]> reader, ChannelWriter<byte[]> writer, int maxFrames, Line line) : ISyncStream
    {
        private int _written;

        public bool IsCut => line.IsCut;

        public void End() => writer.TryComplete();

        public async Task<SyncFrame?> ReadAsync(CancellationToken cancellationToken) =>
            await reader.WaitToReadAsync(cancellationToken) && reader.TryRead(out var bytes)
                ? SyncFrame.Parser.ParseFrom(bytes)
                : null;

        public Task WriteAsync(SyncFrame frame, CancellationToken cancellationToken)
        {
            if (_written++ == maxFrames)
            {
                line.Cut();
            }

            return writer.TryWrite(frame.ToByteArray()) ? Task.CompletedTask : throw new IOException("The line is cut.");
        }
    }
}
