using System.Net;
using Exchange.Node.Hosting;
using Exchange.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.JsonDoor;

/// <summary>What a browser asks for a page of another origin, over a socket, and what it is told.</summary>
public sealed class CrossOriginTests : IAsyncLifetime
{
    private const string Declared = "https://jobs.example.cn";
    private const string Allow = "Access-Control-Allow-Origin";

    private TestNode _node = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartEmptyAsync("dongguan", TimeProvider.System, services =>
            services.Configure<ListenOptions>(listen => listen.Origins.Add(Declared)));
        _http = _node.OpenHttp();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_declared_origin_is_told_beforehand_what_it_may_do_and_then_reads_the_answer()
    {
        using var preflight = await AskAsync(Declared);
        using var answer = await GetAsync(Declared);

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal((Declared, "Origin"), (Told(preflight, Allow), Told(preflight, "Vary")));
        Assert.Contains("authorization", Told(preflight, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Contains("POST", Told(preflight, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal((HttpStatusCode.OK, Declared), (answer.StatusCode, Told(answer, Allow)));
    }

    [Theory]
    [InlineData("https://evil.example.cn")]
    [InlineData("http://jobs.example.cn")]
    [InlineData("https://jobs.example.cn:8443")]
    [InlineData("https://JOBS.example.cn")]
    [InlineData("null")]
    public async Task No_other_origin_is_allowed_anything(string origin)
    {
        using var preflight = await AskAsync(origin);
        using var answer = await GetAsync(origin);

        Assert.NotEqual(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.False(preflight.Headers.Contains(Allow));
        Assert.False(answer.Headers.Contains(Allow));
    }

    [Fact]
    public async Task What_is_refused_is_told_to_a_page_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status") { Headers = { { "Origin", Declared } } };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer exchange_wrong");

        using var response = await _http.SendAsync(request);

        Assert.Equal((HttpStatusCode.Unauthorized, Declared), (response.StatusCode, Told(response, Allow)));
    }

    [Fact]
    public async Task Without_a_declaration_every_origin_is_denied()
    {
        await using var closed = await TestNode.StartEmptyAsync("dongguan", TimeProvider.System);
        using var http = closed.OpenHttp();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status") { Headers = { { "Origin", Declared } } };

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains(Allow));
    }

    [Theory]
    [InlineData("https://jobs.example.cn", true)]
    [InlineData("https://jobs.example.cn:8443", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://jobs.example.cn", false)]
    [InlineData("https://jobs.example.cn/", false)]
    [InlineData("https://jobs.example.cn:443", false)]
    [InlineData("https://*.example.cn", false)]
    [InlineData("https://me@jobs.example.cn", false)]
    [InlineData("*", false)]
    [InlineData("null", false)]
    public void Only_what_a_browser_would_name_can_be_declared(string origin, bool isGood)
    {
        var listen = new ListenOptions { Origins = { origin } };

        var result = new ListenOptionsValidator().Validate(null, listen);

        Assert.Equal(isGood, result.Succeeded);
        Assert.True(isGood || result.FailureMessage!.Contains(origin, StringComparison.Ordinal));
    }

    private async Task<HttpResponseMessage> AskAsync(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/records:batchPut");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        return await _http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> GetAsync(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return await _http.SendAsync(request);
    }

    private static string Told(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) ? string.Join(',', values) : "";
}
