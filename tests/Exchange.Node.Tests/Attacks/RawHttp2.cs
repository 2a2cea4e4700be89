using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Exchange.Testing;

namespace Exchange.Node.Tests.Attacks;

/// <summary>HTTP/2 frame by frame, as no client library would send it.</summary>
internal sealed class RawHttp2 : IAsyncDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private readonly TcpClient _socket;
    private readonly SslStream _stream;
    private readonly ConcurrentDictionary<byte, int> _received = new();
    private readonly Task _reading;
    private int _ended;

    private RawHttp2(TcpClient socket, SslStream stream)
    {
        (_socket, _stream) = (socket, stream);
        _reading = ReadAsync();
    }

    /// <summary>Why the node ended the connection; null when it didn't say so.</summary>
    public uint? GoAwayError { get; private set; }

    /// <summary>Done when the node has closed the connection.</summary>
    public Task Closed => _reading;

    /// <summary>How many calls were ended by the node.</summary>
    public int Ended => _ended;

    /// <summary>How many frames of a type have come.</summary>
    public int Received(byte type) => _received.GetValueOrDefault(type);

    /// <summary>Connects and says how large a window the node has for what it sends on each stream.</summary>
    public static async Task<RawHttp2> ConnectAsync(TestNode node, uint window = 65_535)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(node.Address.Host, node.Address.Port);
        var tls = node.NewHandler().SslOptions;
        tls.TargetHost = "localhost";
        tls.ApplicationProtocols = [SslApplicationProtocol.Http2];
        var stream = new SslStream(socket.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(tls);
        }
        catch
        {
            await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        var raw = new RawHttp2(socket, stream);
        var setting = new byte[6];
        setting[1] = 4; // SETTINGS_INITIAL_WINDOW_SIZE
        BinaryPrimitives.WriteUInt32BigEndian(setting.AsSpan(2), window);
        await raw.SendAsync(Frame(Settings, 0, 0, setting));
        return raw;
    }

    /// <summary>Sends frames; false when the node has closed the connection.</summary>
    public async Task<bool> SendAsync(byte[] frames)
    {
        try
        {
            await _stream.WriteAsync(frames);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>Takes so many bytes more, on a stream or, with 0, on all of them together.</summary>
    public static byte[] Widen(int stream, int bytes)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, bytes);
        return Frame(WindowUpdate, 0, stream, payload);
    }

    /// <summary>The headers of a call, each written out.</summary>
    public static byte[] Call(string path, string? token, params (string Name, string Value)[] more)
    {
        var block = new MemoryStream();
        List<(string, string)> headers =
        [
            (":method", "POST"), (":scheme", "https"), (":path", path), (":authority", "localhost"),
            ("content-type", "application/grpc"), ("te", "trailers"), ("grpc-timeout", "1M"),
        ];
        if (token is not null)
        {
            headers.Add(("authorization", $"Bearer {token}"));
        }

        foreach (var (name, value) in headers.Concat(more))
        {
            block.WriteByte(0); // A literal that is kept in no table.
            Text(block, name);
            Text(block, value);
        }

        return block.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Close();
        await _reading;
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private static void Text(MemoryStream block, string text)
    {
        var length = text.Length;
        if (length < 127)
        {
            block.WriteByte((byte)length);
        }
        else
        {
            block.WriteByte(127);
            for (length -= 127; length > 127; length >>= 7)
            {
                block.WriteByte((byte)(length | 128));
            }

            block.WriteByte((byte)length);
        }

        block.Write(Encoding.ASCII.GetBytes(text));
    }

    private async Task ReadAsync()
    {
        var head = new byte[9];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(head);
                var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
                await _stream.ReadExactlyAsync(payload);
                _received.AddOrUpdate(head[3], 1, (_, count) => count + 1);
                if (head[3] == Headers && (head[4] & EndStream) != 0)
                {
                    Interlocked.Increment(ref _ended);
                }

                if (head[3] == GoAway)
                {
                    GoAwayError = BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(4));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Closed, by one side or the other.
        }
    }
}
