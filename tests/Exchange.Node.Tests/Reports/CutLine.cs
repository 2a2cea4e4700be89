using System.Net;
using System.Net.Sockets;

namespace Exchange.Node.Tests.Reports;

/// <summary>A line that takes every call and cuts it at once, until it is told where it leads.</summary>
internal sealed class CutLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    public CutLine()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"https://{_listener.LocalEndpoint}";

    /// <summary>Where it leads; null while it is cut.</summary>
    public Uri? Target { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var calls = new List<Task>();
        try
        {
            while (true)
            {
                calls.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task CarryAsync(TcpClient caller)
    {
        using (caller)
        {
            if (Target is not { } target)
            {
                caller.LingerState = new LingerOption(enable: true, seconds: 0);
                return;
            }

            using var called = new TcpClient();
            try
            {
                await called.ConnectAsync(target.Host, target.Port, _closing.Token);
                var there = caller.GetStream().CopyToAsync(called.GetStream(), _closing.Token);
                var back = called.GetStream().CopyToAsync(caller.GetStream(), _closing.Token);
                await Task.WhenAny(there, back);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // The test is over.
            }
        }
    }
}
