using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Tests.Attacks;

/// <summary>One request over HTTP/2, in frames as gRPC has them, or not quite.</summary>
/// <param name="Method">What is called.</param>
/// <param name="Kind">How it is attacked.</param>
/// <param name="Body">All frames.</param>
/// <param name="Headers">What takes the place of the usual headers, or comes beside them.</param>
internal sealed record AttackRequest(
    MethodDescriptor Method, AttackKind Kind, byte[] Body, IReadOnlyList<(string Name, string Value)> Headers)
{
    private const string Timeout = "grpc-timeout";

    /// <summary>After which a watch is left, because no answer may be due for longer.</summary>
    public static readonly TimeSpan StreamDeadline = TimeSpan.FromSeconds(1);

    private static readonly byte[] Bomb = MakeBomb();

    private static readonly (string Name, string Value)[] BrokenHeaders =
    [
        (Timeout, ""), (Timeout, "x"), (Timeout, "-1S"), (Timeout, "99999999999S"), (Timeout, "1"), (Timeout, "0n"),
        (Timeout, "1H1"), ("grpc-encoding", "horse"), ("grpc-encoding", "gzip, deflate"),
        ("content-type", "application/grpc+json"),
        ("content-type", "application/grpc-web"), ("content-type", "text/plain"), ("content-type", "application/grpc;x=\"\\"),
        ("grpc-accept-encoding", "horse"), ("authorization", "Bearer"), ("authorization", "Basic YTpi"), ("trace-bin", "%%%"),
        ("traceparent", "00-zz-zz-01"), ("grpc-previous-rpc-attempts", "-5"), ("x-forwarded-for", "127.0.0.1"),
        ("accept", "\"\""),
    ];

    public static AttackRequest Make(MethodDescriptor method, AttackKind kind, Random random, AttackWords words)
    {
        var messages = new AttackMessages(random, words);
        var body = new MemoryStream();
        for (int i = 0, count = method.IsClientStreaming ? random.Next(5) : 1; i < count; i++)
        {
            var message = messages.Make(method.InputType, kind, first: i == 0);
            Frame(body, 0, message.Length, message);
        }

        List<(string, string)> headers = [];
        if (kind == AttackKind.BrokenHeader)
        {
            headers.Add(BrokenHeaders[random.Next(BrokenHeaders.Length)]);
        }
        else if (kind == AttackKind.BrokenFrame)
        {
            Break(body, random, headers);
        }

        return new AttackRequest(method, kind, body.ToArray(), headers);
    }

    /// <summary>The request as HTTP; who calls is left to the client that sends it.</summary>
    public HttpRequestMessage ToHttp(Uri node)
    {
        var content = new AttackBody(Body);
        var http = new HttpRequestMessage(HttpMethod.Post, new Uri(node, $"{Method.Service.FullName}/{Method.Name}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        http.Headers.TE.ParseAdd("trailers");
        http.Headers.Add(Timeout, Method.IsServerStreaming ? "1S" : "30S");
        foreach (var (name, value) in Headers)
        {
            var target = name == "content-type" ? (HttpHeaders)content.Headers : http.Headers;
            target.Remove(name);
            target.TryAddWithoutValidation(name, value);
        }

        return http;
    }

    private static void Break(MemoryStream body, Random random, List<(string, string)> headers)
    {
        var message = body.ToArray().AsSpan(Math.Min(5, (int)body.Length)).ToArray();
        body.SetLength(0);
        switch (random.Next(9))
        {
            case 0:
                Frame(body, 1, message.Length, message);
                break;
            case 1:
                Frame(body, (byte)random.Next(2, 256), message.Length, message);
                break;
            case 2:
                Frame(body, 0, message.Length + random.Next(1, 100), message);
                break;
            case 3:
                Frame(body, 0, -1, message);
                break;
            case 4:
                Frame(body, 0, int.MaxValue, message);
                break;
            case 5:
                body.Write([0, 0, 0]);
                break;
            case 6:
                Frame(body, 0, message.Length, message);
                Frame(body, 0, message.Length, message);
                Frame(body, 0, 3, [1, 2]);
                break;
            case 7:
                headers.Add(("grpc-encoding", "gzip"));
                Frame(body, 1, message.Length, message);
                break;
            default:
                headers.Add(("grpc-encoding", "gzip"));
                Frame(body, 1, Bomb.Length, Bomb);
                break;
        }
    }

    private static void Frame(MemoryStream body, byte flag, int length, byte[] message)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], length);
        body.Write(head);
        body.Write(message);
    }

    // 64 MiB of nothing in 64 KiB.
    private static byte[] MakeBomb()
    {
        var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[64 << 20]);
        }

        return bomb.ToArray();
    }
}
