using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Exchange.Cli.Demo;

/// <summary>A line between two nodes that can be cut while bytes are on their way.</summary>
internal sealed class CuttableLine : IAsyncDisposable
{
    private const long Never = -1;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private readonly Task _accepting;
    private TaskCompletionSource _standing = new();
    private IPEndPoint? _target;
    private long _left = Never;

    public CuttableLine()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where this end of the line is.</summary>
    public string Address => $"https://{_listener.LocalEndpoint}";

    /// <summary>How often the line was cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Says where the line leads; calls that come earlier are turned away.</summary>
    public void LeadTo(Uri target) => _target = new IPEndPoint(IPAddress.Parse(target.Host), target.Port);

    /// <summary>
    /// Carries so many more bytes from the far end and then no more; completes once the line stands still.
    /// </summary>
    public Task StandStillAfterAsync(long bytes)
    {
        _standing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _left, bytes);
        return _standing.Task;
    }

    /// <summary>Cuts what is on the line; what comes later goes through.</summary>
    public void Cut()
    {
        Interlocked.Exchange(ref _left, Never);
        Cuts++;
        Break();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Break();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_closing.Token));
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The line is being taken down.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient();
        _open[near] = _open[far] = 0;
        try
        {
            if (_target is { } target)
            {
                await far.ConnectAsync(target, _closing.Token);
                await Task.WhenAny(CopyAsync(near, far, counted: false), CopyAsync(far, near, counted: true));
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either end is gone; so is the line.
        }
        finally
        {
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
            near.Dispose();
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool counted)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await from.GetStream().ReadAsync(buffer, _closing.Token);
            if (read == 0)
            {
                return;
            }

            if (counted && Interlocked.Read(ref _left) >= 0 && Interlocked.Add(ref _left, -read) < 0)
            {
                // Nothing more comes from there: whoever waits for the standstill cuts the line.
                _standing.TrySetResult();
                await Task.Delay(Timeout.Infinite, _closing.Token);
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _closing.Token);
        }
    }

    private void Break()
    {
        foreach (var end in _open.Keys)
        {
            // No farewell: what isn't through by now never arrives. Its carrier may be closing it at the same time.
            try
            {
                if (end.Client is { } socket)
                {
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
                }
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            end.Dispose();
        }
    }
}
