using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace Exchange.Node.Tests.Attacks;

/// <summary>Sends requests to a node and judges its answers.</summary>
internal sealed class AttackCalls : IDisposable
{
    /// <summary>What takes longer hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int Cancelled = 8;
    private const int MostBytes = 16 << 20;

    // What would tell a stranger how the node is built: exceptions, stacks, types, paths.
    private static readonly string[] Internals =
    [
        "Exception", "   at ", "System.", "Microsoft.", "Google.Protobuf.", "Grpc.", "Exchange.Node", "Exchange.Store",
        ".cs:line", "Sqlite", "SQLite", "ERROR_REASON_INTERNAL", Path.GetTempPath(),
    ];

    private static readonly HashSet<string> Reasons =
    [
        .. ErrorReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(ErrorReason))
            .Values.Skip(1).Select(value => value.Name),
    ];

    private static readonly JsonParser Parser = new(
        new JsonParser.Settings(100, TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor)).WithIgnoreUnknownFields(true));

    private readonly Uri _address;
    private readonly HttpClient _operator;
    private readonly HttpClient _partner;

    public AttackCalls(TestNode node)
    {
        _address = node.Address;
        var handler = node.NewHandler();
        handler.EnableMultipleHttp2Connections = true;
        _operator = new HttpClient(handler);
        _operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", node.RunToken);
        handler = node.NewHandler();
        handler.EnableMultipleHttp2Connections = true;
        handler.SslOptions.ClientCertificateContext = TestCertificates.Of(AttackWords.Partner).Context();
        _partner = new HttpClient(handler);
    }

    /// <summary>Sends a request over HTTP/2.</summary>
    /// <param name="request">What.</param>
    /// <param name="asPartner">Shows a partner's certificate, and no token.</param>
    /// <param name="learn">Is handed the first message of an answer.</param>
    public Task<AttackAnswer> SendAsync(
        AttackRequest request, bool asPartner, Action<byte[]>? learn = null) =>
        JudgedAsync(request.Method.IsServerStreaming, async late =>
    {
        using var http = request.ToHttp(_address);
        var client = asPartner ? _partner : _operator;
        using var response = await client.SendAsync(http, HttpCompletionOption.ResponseHeadersRead, late);
        var isWatch = request.Method is { IsServerStreaming: true, IsClientStreaming: false };
        var (bytes, ended) = await ReadAsync(response, isWatch, late);
        if (bytes.Length >= 5 && learn is not null)
        {
            learn(bytes[5..(5 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)))]);
        }

        // It has answered and would go on.
        return ended ? OfGrpc(response, bytes) : new AttackAnswer("OK", Leak(bytes));
    });

    /// <summary>Sends a request over HTTP/1.1.</summary>
    public Task<AttackAnswer> SendAsync(HttpRequestMessage request, bool isWatch) => JudgedAsync(isStream: false, async late =>
    {
        using var response = await _operator.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late);
        if (isWatch && response.IsSuccessStatusCode)
        {
            return new AttackAnswer("OK");
        }

        var (bytes, _) = await ReadAsync(response, isWatch: false, late);
        var http = (int)response.StatusCode;
        if (http is >= 200 and < 300)
        {
            return new AttackAnswer("OK", Leak(bytes));
        }

        // What isn't a call at all, HTTP answers by itself.
        if (bytes.Length == 0)
        {
            return new AttackAnswer($"HTTP {http}", http is >= 400 and < 500 ? null : "without a body");
        }

        var status = Parser.Parse<Status>(Encoding.UTF8.GetString(bytes));
        return Judge((StatusCode)status.Code, status, bytes);
    });

    public void Dispose()
    {
        _operator.Dispose();
        _partner.Dispose();
    }

    private static async Task<AttackAnswer> JudgedAsync(bool isStream, Func<CancellationToken, Task<AttackAnswer>> call)
    {
        var watch = Stopwatch.StartNew();
        using var late = new CancellationTokenSource(Patience);
        try
        {
            return await call(late.Token);
        }
        catch (OperationCanceledException)
        {
            return new AttackAnswer("HANGS", $"no answer in {Patience}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidProtocolBufferException)
        {
            var inner = exception.InnerException as HttpProtocolException ?? exception as HttpProtocolException;
            if (isStream && inner?.ErrorCode == Cancelled && watch.Elapsed > AttackRequest.StreamDeadline * 0.9)
            {
                return new AttackAnswer("DeadlineExceeded"); // In the middle of an answer.
            }

            return new AttackAnswer(inner is null ? "CUT" : $"HTTP/2 error {inner.ErrorCode}", exception.ToString());
        }
    }

    // A watch is read up to its first message.
    private static async Task<(byte[] Bytes, bool Ended)> ReadAsync(
        HttpResponseMessage response, bool isWatch, CancellationToken late)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        await using var body = await response.Content.ReadAsStreamAsync(late);
        for (int read; (read = await body.ReadAsync(buffer, late)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MostBytes || (isWatch && bytes.Length >= 5
                && bytes.Length >= 5 + BinaryPrimitives.ReadInt32BigEndian(bytes.GetBuffer().AsSpan(1))))
            {
                return (bytes.ToArray(), false);
            }
        }

        return (bytes.ToArray(), true);
    }

    private static AttackAnswer OfGrpc(HttpResponseMessage response, byte[] bytes)
    {
        string? Header(string name) =>
            response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values)
                ? values.Single()
                : null;

        if (Header("grpc-status") is not { } number)
        {
            var http = (int)response.StatusCode;
            return new AttackAnswer($"HTTP {http}", http is >= 400 and < 500 ? Leak(bytes) : "no grpc-status");
        }

        var code = (StatusCode)int.Parse(number, CultureInfo.InvariantCulture);
        var details = Header("grpc-status-details-bin") is { } encoded
            ? Status.Parser.ParseFrom(Convert.FromBase64String(encoded + new string('=', (4 - encoded.Length % 4) % 4)))
            : null;
        if (code == StatusCode.DeadlineExceeded && details is null && bytes.Length > 0)
        {
            return new AttackAnswer("DeadlineExceeded"); // As the contract says of streams.
        }

        return Judge(code, details, [.. bytes, .. Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Header("grpc-message") ?? ""))]);
    }

    private static AttackAnswer Judge(StatusCode code, Status? details, byte[] bytes)
    {
        if (code == StatusCode.OK)
        {
            return new AttackAnswer("OK", Leak(bytes));
        }

        var name = code.ToString();
        if (code is StatusCode.Unknown or StatusCode.Internal or StatusCode.DataLoss || !Enum.IsDefined(code))
        {
            return new AttackAnswer(name, $"a status that says nothing: {details?.Message ?? Encoding.UTF8.GetString(bytes)}");
        }

        var info = details?.Details.FirstOrDefault(detail => detail.Is(ErrorInfo.Descriptor))?.Unpack<ErrorInfo>();
        if (info is null || !Reasons.Contains(info.Reason))
        {
            return new AttackAnswer(name, $"no reason of the contract: '{info?.Reason}', {Encoding.UTF8.GetString(bytes)}");
        }

        return new AttackAnswer(name, Leak([.. bytes, .. Encoding.UTF8.GetBytes(details!.ToString())]));
    }

    private static string? Leak(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return Internals.FirstOrDefault(word => text.Contains(word, StringComparison.Ordinal)) is { } found
            ? $"tells '{found}': {Around(text, found)}"
            : null;
    }

    private static string Around(string text, string found)
    {
        var at = text.IndexOf(found, StringComparison.Ordinal);
        return text[Math.Max(0, at - 150)..Math.Min(text.Length, at + 150)];
    }
}
