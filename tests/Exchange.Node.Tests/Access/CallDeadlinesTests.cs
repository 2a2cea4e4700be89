using System.Net;
using System.Net.Http.Headers;
using Exchange.Testing;
using Google.Rpc;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>Which calls need a deadline.</summary>
public sealed class CallDeadlinesTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("1h")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    public async Task A_unary_call_without_one_is_refused(string? timeout)
    {
        var (status, reason) = await CallAsync("exchange.v1.NodeService/GetNode", timeout);

        Assert.Equal(("3", "ERROR_REASON_DEADLINE_REQUIRED"), (status, reason));
    }

    [Theory]
    [InlineData("exchange.v1.NodeService/GetNode", "30S")]
    [InlineData("exchange.v1.NodeService/GetNode", "99999999u")]
    [InlineData("exchange.v1.VacancyService/PublishVacancies", null)]
    [InlineData("grpc.health.v1.Health/Check", null)]
    public async Task Others_are_answered(string path, string? timeout)
    {
        var (status, reason) = await CallAsync(path, timeout);

        Assert.Equal(("0", null), (status, reason));
    }

    [Fact]
    public async Task A_stranger_is_told_of_the_credential_first()
    {
        var (_, reason) = await CallAsync("exchange.v1.NodeService/GetNode", null, withToken: false);

        Assert.Equal("ERROR_REASON_CREDENTIALS_MISSING", reason);
    }

    [Fact]
    public async Task Json_needs_none()
    {
        using var http = _node.OpenHttp();

        using var response = await http.GetAsync("/v1/status");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<(string Status, string? Reason)> CallAsync(string path, string? timeout, bool withToken = true)
    {
        using var client = new HttpClient(_node.NewHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_node.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(path.Contains("Publish", StringComparison.Ordinal) ? [] : [0, 0, 0, 0, 0]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        if (timeout is not null)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
        }

        if (withToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _node.RunToken);
        }

        using var response = await client.SendAsync(request);
        var headers = response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
        return (
            headers.GetValues("grpc-status").Single(),
            headers.TryGetValues("grpc-status-details-bin", out var details)
                ? Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details.Single()))
                    .Details[0].Unpack<ErrorInfo>().Reason
                : null);
    }
}
