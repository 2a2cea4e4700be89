using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.JsonDoor;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.JsonDoor;

/// <summary>Calls over HTTP with JSON, as systems without gRPC make them.</summary>
public sealed class JsonDoorTests : IAsyncLifetime
{
    private const string Vacancy =
        """
        {
          "record": {
            "kind": "vacancy",
            "externalKey": { "source": "dongguan-hr", "sourceId": "A-1" },
            "payload": {
              "@type": "type.googleapis.com/exchange.v1.Vacancy",
              "title": "普工", "headcount": 30, "status": "VACANCY_STATUS_OPEN", "employerName": "东莞市某鞋业有限公司",
              "workPlace": { "words": "东莞市厚街镇", "divisionCode": "4419" }
            }
          },
          "number": "1"
        }
        """;

    private TestNode _node = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        _http = _node.OpenHttp();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task What_is_written_as_json_is_read_as_json_and_over_grpc()
    {
        var answer = Assert.Single(await PutAsync(Vacancy));

        var id = (string)answer!["id"]!;
        var read = await GetAsync($"/v1/records/vacancy/{id}");
        var listed = await GetAsync("/v1/vacancies?filter.statuses=VACANCY_STATUS_OPEN&page_size=5");
        var overGrpc = await _node.Vacancies.GetVacancyAsync(new V1.GetVacancyRequest { Id = id });
        Assert.Equal("普工", (string)read["record"]!["payload"]!["title"]!);
        Assert.Equal(id, (string)Assert.Single(listed["vacancies"]!.AsArray())!["id"]!);
        Assert.Equal("普工", overGrpc.Vacancy.Vacancy.Title);
    }

    [Fact]
    public async Task A_filter_that_nothing_fits_finds_nothing()
    {
        await PutAsync(Vacancy);

        Assert.Null((await GetAsync("/v1/vacancies?filter.statuses=VACANCY_STATUS_FILLED"))["vacancies"]);
    }

    [Fact]
    public async Task A_call_without_a_credential_is_told_so_as_json()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "exchange_wrong");

        using var response = await _http.SendAsync(request);

        Assert.Equal(HttpVersion.Version11, response.Version);
        await IsRefusedAsync(response, HttpStatusCode.Unauthorized, 16, "ERROR_REASON_CREDENTIALS_INVALID");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_record_that_isnt_there_is_not_found()
    {
        using var response = await _http.GetAsync($"/v1/vacancies/{Guid.CreateVersion7()}");

        await IsRefusedAsync(response, HttpStatusCode.NotFound, 5, "ERROR_REASON_RECORD_NOT_FOUND");
    }

    [Theory]
    [InlineData("{ \"items\": [ {}, { \"idNumber\": \"530602199001010014\" } ] }", "items[1]", "no field 'idNumber'")]
    [InlineData("{ \"items\": [ { \"530602199001010014\": 1 } ] }", "items[0]", "no field of a name sent")]
    [InlineData("{ \"items\": [ { \"number\": \"530602199001010014x\" } ] }", "items[0].number", "A uint64")]
    [InlineData(
        "{ \"items\": [ { \"record\": { \"state\": \"530602199001010014\" } } ] }",
        "items[0].record.state",
        "A exchange.v1.RecordState")]
    [InlineData(
        "{ \"items\": [ { \"record\": { \"payload\": { \"@type\": \"530602199001010014\" } } } ] }",
        "items[0].record.payload",
        "'@type' must name")]
    [InlineData("{ \"items\": [ { \"number\": 1e400 } ] }", "items[0].number", "A uint64")]
    public async Task A_field_that_cant_be_read_is_named_and_what_it_held_isnt(
        string body, string field, string description)
    {
        using var response = await PostAsync("/v1/records:batchPut", body);

        var error = await IsRefusedAsync(response, HttpStatusCode.BadRequest, 3, "ERROR_REASON_FIELD_INVALID");
        var violation = error["details"]![1]!["fieldViolations"]![0]!;
        Assert.Equal(field, (string)violation["field"]!);
        Assert.Contains(description, (string)violation["description"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("530602199001010014", error.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[ \"530602199001010014\" ]")]
    [InlineData("{ \"items\": 530602199001010014")]
    [InlineData("{ \"items\": [], \"items\": [] }")]
    [InlineData("{ \"\\ud800\": 530602199001010014 }")]
    public async Task A_body_that_isnt_a_json_object_is_refused_and_not_repeated(string body)
    {
        using var response = await PostAsync("/v1/records:batchPut", body);

        var error = await IsRefusedAsync(response, HttpStatusCode.BadRequest, 3, "ERROR_REASON_CALL_UNREADABLE");
        Assert.DoesNotContain("530602199001010014", error.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_with_a_value_that_its_field_cant_hold_names_the_field()
    {
        using var response = await _http.GetAsync("/v1/vacancies?page_size=many");

        var error = await IsRefusedAsync(response, HttpStatusCode.BadRequest, 3, "ERROR_REASON_FIELD_INVALID");
        Assert.Equal("pageSize", (string)error["details"]![1]!["fieldViolations"]![0]!["field"]!);
    }

    [Theory]
    [InlineData("/v1/vacancies?pages=1")]
    [InlineData("/v1/vacancies?page_size.more=1")]
    [InlineData("/v1/vacancies?filter=1&filter.statuses=1")]
    public async Task A_query_that_cant_be_read_is_refused(string path)
    {
        using var response = await _http.GetAsync(path);

        await IsRefusedAsync(response, HttpStatusCode.BadRequest, 3, "ERROR_REASON_CALL_UNREADABLE");
    }

    [Fact]
    public async Task A_body_of_another_type_is_refused()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "text/plain");
        using var response = await _http.PostAsync("/v1/records:batchPut", content);

        await IsRefusedAsync(response, HttpStatusCode.BadRequest, 3, "ERROR_REASON_CALL_UNREADABLE");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var response = await PostAsync(
            "/v1/records:batchPut", $"{{ \"requestId\": \"{new string('x', MessageSizes.MaxBytes)}\" }}");

        await IsRefusedAsync(response, HttpStatusCode.TooManyRequests, 8, "ERROR_REASON_MESSAGE_TOO_LARGE");
    }

    [Fact]
    public async Task A_watch_is_lines_of_json_and_resumes()
    {
        await PutAsync(Vacancy);
        string token;
        using (var lines = await WatchAsync("/v1/vacancies:watch"))
        {
            Assert.Equal("普工", (string)(await LineAsync(lines))["vacancy"]!["vacancy"]!["title"]!);
            var end = await LineAsync(lines);
            Assert.NotNull(end["snapshotEnd"]);
            token = (string)end["resumeToken"]!;
        }

        await PutAsync(Vacancy.Replace("A-1", "A-2", StringComparison.Ordinal)
            .Replace("普工", "焊工", StringComparison.Ordinal));

        using var resumed = await WatchAsync($"/v1/vacancies:watch?resume_token={Uri.EscapeDataString(token)}");
        Assert.Equal("焊工", (string)(await LineAsync(resumed))["vacancy"]!["vacancy"]!["title"]!);
    }

    [Fact]
    public async Task A_watch_that_cant_begin_is_refused_with_its_status()
    {
        using var response = await _http.GetAsync("/v1/vacancies:watch?resume_token=nonsense");

        await IsRefusedAsync(response, HttpStatusCode.BadRequest, 3, "ERROR_REASON_RESUME_TOKEN_INVALID");
    }

    [Fact]
    public async Task A_watch_that_ends_says_why_in_its_last_line()
    {
        using var lines = await WatchAsync("/v1/vacancies:watch");
        Assert.NotNull((await LineAsync(lines))["snapshotEnd"]);

        _node.BeginStop();

        var last = await LineAsync(lines);
        Assert.Equal(14, (int)last["error"]!["code"]!);
        Assert.Equal("ERROR_REASON_NODE_STOPPING", (string)last["error"]!["details"]![0]!["reason"]!);
    }

    [Fact]
    public void Whatever_can_be_called_over_http_has_a_rule()
    {
        var left = NodeContract.Files.SelectMany(file => file.Services).SelectMany(service => service.Methods)
            .Where(method => !method.IsClientStreaming && JsonRule.Of(method) is null)
            .Select(PermissionTable.PathOf)
            .Where(path => PermissionTable.Rows[path] is not Permission.Partner
                && !path.StartsWith("/grpc.", StringComparison.Ordinal));

        Assert.Empty(left);
    }

    private static async Task<JsonNode> IsRefusedAsync(
        HttpResponseMessage response, HttpStatusCode status, int code, string reason)
    {
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((status, code), (response.StatusCode, (int)error["code"]!));
        Assert.Equal(reason, (string)error["details"]![0]!["reason"]!);
        return error;
    }

    private async Task<JsonArray> PutAsync(string item)
    {
        using var response = await PostAsync("/v1/records:batchPut", $"{{ \"items\": [ {item} ] }}");
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        var answers = JsonNode.Parse(text)!["answers"]!.AsArray();
        Assert.All(answers, answer => Assert.True(answer!["id"] is not null, text));
        return answers;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _http.PostAsync(path, content);
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var response = await _http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<StreamReader> WatchAsync(string path) => new(await _http.GetStreamAsync(path));

    private static async Task<JsonNode> LineAsync(StreamReader lines) =>
        JsonNode.Parse((await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)))!)!;
}
