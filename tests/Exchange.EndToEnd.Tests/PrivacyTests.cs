using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>Nothing personal stands in the clear in what a node writes, on its main paths and where it fails.</summary>
public sealed class PrivacyTests
{
    private const int Workers = 150;

    [Fact]
    public async Task No_name_number_or_phone_stands_in_what_two_nodes_wrote()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        var canaries = await CanariesAsync(nodes.Folder);
        Assert.True(canaries.Count > 400, $"Only {canaries.Count} canaries were made.");

        var outputs = await FillAsync(nodes);
        outputs.Add(("HTTP", await MistypeAsync(nodes.Caller, canaries.Ids)));
        outputs.Add(("rights", await ReadAndEraseAsync(nodes, canaries)));
        await nodes.Answerer.KillAsync();
        await nodes.Caller.StopAsync();

        var written = new[] { nodes.Caller, nodes.Answerer }
            .SelectMany(node => Files(node).Append(("log", Encoding.UTF8.GetBytes(node.Log))))
            .Append(("bundle", await File.ReadAllBytesAsync(nodes.Folder.In("bundle"))))
            .Concat(outputs.Select(output => (output.Name, Encoding.UTF8.GetBytes(output.Text))));
        var found = written.Select(text => (text.Item1, Found: canaries.Find(text.Item2))).Where(text => text.Found is not null);

        Assert.Empty(found);

        // What is refused is handed back as it came, to be mended: the one file that holds persons, where its owner wants it.
        Assert.NotNull(canaries.Find(await File.ReadAllBytesAsync(nodes.Folder.In("rejects.csv"))));
    }

    [Fact]
    public async Task What_is_not_personal_is_found_by_the_same_search()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "dongguan");
        await TwoNodes.GenerateAsync(node, "--vacancies", 20);
        await node.StopAsync();

        var bytes = Encoding.UTF8.GetBytes("exchange-vacancies");

        Assert.Contains(Files(node), file => file.Bytes.AsSpan().IndexOf(bytes) >= 0);
    }

    [Theory]
    [InlineData("王小明")]
    [InlineData("530602199001010014")]
    [InlineData("13812345678")]
    public void A_canary_is_found_however_it_was_written(string canary)
    {
        var canaries = Canaries.Of(["姓名,身份证号,电话", "王小明,530602199001010014,13812345678"]);

        Assert.NotNull(canaries.Find(Encoding.UTF8.GetBytes($"a line with {canary} in it")));
        Assert.Null(canaries.Find(Encoding.UTF8.GetBytes("a line with 530***********0014 in it")));
        if (char.IsAsciiDigit(canary[0]))
        {
            Assert.NotNull(canaries.Find(Encoding.Unicode.GetBytes($"xy{canary}z")));
            foreach (var before in new[] { "", "a", "bc", "def" })
            {
                var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{canary}yz"));
                Assert.NotNull(canaries.Find(Encoding.UTF8.GetBytes($"{{ \"bytes\": \"{encoded}\" }}")));
            }
        }
    }

    /// <summary>The main paths, and imports that are refused; returns what the commands told.</summary>
    private static async Task<List<(string Name, string Text)>> FillAsync(TwoNodes nodes)
    {
        var outputs = new List<(string, string)>();
        async Task RunAsync(int exit, params string[] arguments)
        {
            var result = await CommandHost.RunAsync(arguments);
            Assert.True(result.ExitCode == exit, $"{string.Join(' ', arguments)}: {result}");
            outputs.Add((string.Join(' ', arguments.Take(2)), result.Output + result.Error));
        }

        var (region, town) = (nodes.Caller.Data, nodes.Answerer.Data);
        await SpoilAsync(nodes.Folder);
        await RunAsync(
            4, "import", nodes.Folder.In("spoilt.csv"), "--profile", "village-ledger", "--data", region, "--legal-basis",
            "statutory-duty", "--rejects", nodes.Folder.In("rejects.csv"));
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", Workers);
        await nodes.SyncAsync();
        Assert.True(await nodes.Answerer.CountAsync("worker") >= Workers);
        var listed = await ExchangeProgram.JsonAsync("audit", "query", "--data", region);
        outputs.Add(("audit", listed.ToString()));
        var bundle = nodes.Folder.In("bundle");
        await RunAsync(0, "bundle", "export", nodes.Partner, "--from-start", "--out", bundle, "--data", region);
        foreach (var data in new[] { region, town })
        {
            await RunAsync(0, "status", "--data", data);
            await RunAsync(0, "report", "--data", data);
            await RunAsync(0, "quarantine", "list", "--data", data);
            await RunAsync(0, "audit", "verify", "--data", data);
        }

        return outputs;
    }

    /// <summary>
    /// What may be seen is seen, in the clear and for a purpose, and then erased on both nodes; nothing of it may stand
    /// anywhere afterwards. Returns what else was answered.
    /// </summary>
    private static async Task<string> ReadAndEraseAsync(TwoNodes nodes, Canaries canaries)
    {
        using var http = await OpenAsync(nodes.Caller);
        var listed = await http.GetStringAsync("/v1/records/worker?page_size=2&unmask_purpose=privacy");
        Assert.NotNull(canaries.Find(Encoding.UTF8.GetBytes(listed)));
        var ids = JsonDocument.Parse(listed).RootElement.GetProperty("records").EnumerateArray()
            .Select(record => record.GetProperty("id").GetString()!).ToArray();
        Assert.NotNull(canaries.Find(await http.GetByteArrayAsync($"/v1/subjects/{ids[0]}:show?purpose=privacy")));
        var answers = new StringBuilder();
        foreach (var (path, body, status) in new[]
        {
            ($"/v1/subjects/{ids[0]}:erase", "{\"reason\":\"request\"}", HttpStatusCode.OK),
            ($"/v1/subjects/{ids[1]}:erase", $"{{\"reason\":\"{canaries.Ids[12]}\"}}", HttpStatusCode.BadRequest),
            ("/v1/persons:findGiven", $"{{\"peer\":\"{nodes.Partner}\",\"workerIds\":[\"{ids[1]}\"],\"purpose\":\"privacy\"}}",
                HttpStatusCode.Forbidden),
            ($"/v1/subjects/{ids[1]}:restrict", "{}", HttpStatusCode.OK),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(path, content);
            var answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == status, $"{path}: {answer}");
            answers.AppendLine(answer);
        }

        await nodes.SyncAsync();
        return answers.ToString();
    }

    // Somebody types persons' numbers and names where nobody should; returns what the node answered.
    private static async Task<string> MistypeAsync(NodeProcess node, IReadOnlyList<string> ids)
    {
        using var http = await OpenAsync(node);
        var answers = new StringBuilder();
        foreach (var path in new[]
        {
            $"/v1/records/worker/{ids[0]}", $"/v1/records/{ids[1]}", $"/v1/records/worker?page_token={ids[2]}", $"/v1/{ids[3]}",
            $"/v1/records/worker?{ids[4]}=1", $"/v1/vacancies/{ids[5]}", $"/v1/records:watch?resume_token={ids[6]}",
            $"/exchange.v1.RecordService/{ids[7]}",
        })
        {
            using var response = await http.GetAsync(path);
            Assert.InRange((int)response.StatusCode, 200, 499);
            answers.AppendLine(await response.Content.ReadAsStringAsync());
        }

        foreach (var body in new[] { $"{{\"items\":[{{\"{ids[8]}\":1}}]}}", $"{{\"items\":\"{ids[9]}\"}}", ids[10] })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync("/v1/records:batchPut", content);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            answers.AppendLine(await response.Content.ReadAsStringAsync());
        }

        using var stranger = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        stranger.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ids[11]);
        using var refused = await http.SendAsync(stranger);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        return answers.AppendLine(await refused.Content.ReadAsStringAsync()).ToString();
    }

    private static async Task<HttpClient> OpenAsync(NodeProcess node)
    {
        var handler = new SocketsHttpHandler();
        var shownFile = Path.Combine(node.Data, "run/certificate.pem");
        using var own = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(shownFile));
        var expected = own.GetCertHashString();
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, shown, _, _) => shown!.GetCertHashString() == expected;
        var http = new HttpClient(handler) { BaseAddress = node.Address };
        var token = (await File.ReadAllTextAsync(Path.Combine(node.Data, "run/token"))).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    // The same seed makes the same people, so a file of them tells what to look for.
    private static async Task<Canaries> CanariesAsync(TestFolder folder)
    {
        await ExchangeProgram.JsonAsync("generate", "--workers", $"{Workers}", "--seed", "1", "--out", folder.In("files"));
        return Canaries.Of(await File.ReadAllLinesAsync(folder.In("files/workers.csv")));
    }

    // Rows that can't be taken: a word that no list knows, and an ID number with a digit that doesn't fit.
    private static async Task SpoilAsync(TestFolder folder)
    {
        var lines = await File.ReadAllLinesAsync(folder.In("files/workers.csv"));
        for (var i = 1; i < 30; i++)
        {
            lines[i] = i % 2 == 0
                ? lines[i].Replace(",小学,", ",大概小学,", StringComparison.Ordinal)
                : lines[i].Replace("5306", "5399", StringComparison.Ordinal);
        }

        await File.WriteAllLinesAsync(folder.In("spoilt.csv"), lines.Take(60));
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Files(NodeProcess node) =>
        Directory.EnumerateFiles(node.Data, "*", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(Path.Combine(node.Data, "keys"), StringComparison.Ordinal))
            .Select(file => (file, File.ReadAllBytes(file)));
}
