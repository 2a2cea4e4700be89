using Exchange.Node.Hosting;
using Exchange.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using DataDirectory = Exchange.Node.Hosting.DataDirectory;

namespace Exchange.Node.Tests.Services;

/// <summary>Numbers of persons stay out of logs, whoever forgot to keep them out.</summary>
public sealed class RedactedTextTests
{
    [Theory]
    [InlineData("worker 11010519491231002X is", "worker [number] is")]
    [InlineData("530602199001010014", "[number]")]
    [InlineData("id=110105491231002;", "id=[number];")]
    [InlineData("'13812345678', '１３８１２３４５６７８'", "'[number]', '[number]'")]
    [InlineData("１１０１０５１９４９１２３１００２Ｘ", "[number]")]
    [InlineData("身份证11010519491231002x电话13812345678", "身份证[number]电话[number]")]
    public void A_persons_number_is_taken_out(string text, string redacted) =>
        Assert.Equal(redacted, RedactedText.Redact(text));

    [Theory]
    [InlineData("2026-11-27 22:36:49.123 +00:00 [INF] 12345678901 of 116273849502738432")]
    [InlineData("019a21f7-5452-7e6b-9c76-396ee6355ab5 trace 058efb6231d478b0049506b39d768ac6")]
    [InlineData("5306021990010100141 has a digit too many, 5306021990010100 one too few, 530602199013010014 no such month")]
    public void Other_numbers_stay(string text) => Assert.Equal(text, RedactedText.Redact(text));

    [Fact]
    public async Task A_line_and_its_exception_reach_the_file_without_them()
    {
        await using var node = await TestNode.StartAsync();
        var log = node.Services.GetRequiredService<ILogger<RedactedTextTests>>();

#pragma warning disable CA1848 // A line that nobody should write.
        log.LogWarning(new InvalidOperationException("no 13812345678"), "Refused {Number}", "11010519491231002X");
#pragma warning restore CA1848

        var logs = node.Services.GetRequiredService<DataDirectory>().Logs;
        await node.StopAsync();
        var text = string.Concat(Directory.GetFiles(logs).Select(ReadShared));
        Assert.Contains("Refused [number]", text, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: no [number]", text, StringComparison.Ordinal);
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
