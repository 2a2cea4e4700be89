using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary>What every command shares: parsing, addresses, exit codes, errors.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "Required command was not provided. See 'exchange --help'.")]
    [InlineData("serve", "Option '--data' is required. See 'exchange serve --help'.")]
    [InlineData("watch vacancies --status sold", "'sold' is no value of --status; it takes open, paused, filled, "
        + "expired, "
        + "withdrawn, refused, held. See 'exchange watch vacancies --help'.")]
    public async Task A_wrong_command_line_is_explained_on_one_line_and_exits_2(string arguments, string expected)
    {
        var run = new CommandRun();

        var exit = await run.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal(expected + "\n", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_wrong_command_line_is_told_as_json_where_that_was_asked_for()
    {
        var run = new CommandRun();

        var exit = await run.RunAsync("serve", "--json");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.StartsWith(
            """{"error":{"exitCode":2,"message":"Option '--data' is required.""", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_command_but_the_hidden_ones()
    {
        var run = new CommandRun();

        var exit = await run.RunAsync("--help");

        Assert.Equal(ExitCode.Ok, exit);
        foreach (var command in new[] { "init", "serve", "publish", "watch", "import", "status" })
        {
            Assert.Contains($"\n  {command}", run.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("\n  docs", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", "https://127.0.0.1:7070")]
    [InlineData("status --node http://10.0.0.1:9", "http://10.0.0.1:9")]
    public async Task A_client_command_goes_to_the_address_given_or_to_the_default(string arguments, string expected)
    {
        var run = new CommandRun { Node = FakeNode.WithStatus() };

        var exit = await run.RunAsync(arguments.Split(' '));

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal([expected], run.Connected);
    }

    [Theory]
    [InlineData("ftp://somewhere")]
    [InlineData("somewhere")]
    public async Task An_address_that_is_none_exits_2(string address)
    {
        var run = new CommandRun();

        var exit = await run.RunAsync("status", "--node", address);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal(
            $"'{address}' is no address of a node. It must begin with http:// or https://, such as "
            + "https://127.0.0.1:7070.\n",
            run.Error);
    }

    [Theory]
    [InlineData(StatusCode.NotFound, ExitCode.NotFound)]
    [InlineData(StatusCode.Unavailable, ExitCode.Unreachable)]
    [InlineData(StatusCode.DeadlineExceeded, ExitCode.Unreachable)]
    [InlineData(StatusCode.PermissionDenied, ExitCode.Refused)]
    [InlineData(StatusCode.FailedPrecondition, ExitCode.Refused)]
    [InlineData(StatusCode.Aborted, ExitCode.Refused)]
    [InlineData(StatusCode.Internal, ExitCode.Failed)]
    public async Task Each_status_of_a_failed_call_has_its_exit_code(StatusCode status, int expected)
    {
        var node = new FakeNode().On<GetNodeRequest>("GetNode", _ => throw new RpcException(new Status(status, "no")));

        var exit = await new CommandRun { Node = node }.RunAsync("status");

        Assert.Equal(expected, exit);
    }

    [Fact]
    public async Task An_error_tells_message_fields_and_reason_in_one_paragraph()
    {
        var node = new FakeNode().On<GetNodeRequest>("GetNode", _ => throw FakeNode.Failure(
            StatusCode.InvalidArgument,
            "ERROR_REASON_FIELD_INVALID",
            "Two fields are wrong.",
            ("a", "Set it."),
            ("b", "Leave it.")));
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync("status");

        Assert.Equal(ExitCode.Refused, exit);
        Assert.Equal(
            "Two fields are wrong. a: Set it. b: Leave it. (INVALID_ARGUMENT, ERROR_REASON_FIELD_INVALID)\n",
            run.Error);
    }

    [Fact]
    public async Task An_error_is_one_json_object_for_programs()
    {
        var node = new FakeNode().On<GetNodeRequest>("GetNode", _ => throw FakeNode.Failure(
            StatusCode.InvalidArgument, "ERROR_REASON_FIELD_INVALID", "A field is wrong.", ("a", "Set it.")));
        var run = new CommandRun { Node = node };

        await run.RunAsync("status", "--json");

        var error = JsonDocument.Parse(run.Output).RootElement.GetProperty("error");
        Assert.Equal(6, error.GetProperty("exitCode").GetInt32());
        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.GetProperty("reason").GetString());
        Assert.Equal("a", error.GetProperty("fields")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task An_unexpected_failure_shows_its_type_and_never_its_message_or_stack()
    {
        var node = new FakeNode().On<GetNodeRequest>(
            "GetNode", _ => throw new InvalidOperationException("王小明 530627199001010015"));
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync("status");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("InvalidOperationException", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("王小明", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_command_exits_130()
    {
        var run = new CommandRun { Node = FakeNode.WithStatus() };

        var exit = await run.RunAsync(new CancellationToken(canceled: true), "status");

        Assert.Equal(ExitCode.Cancelled, exit);
    }

    [Fact]
    public async Task A_directory_without_a_running_node_is_unreachable()
    {
        var run = new CommandRun();

        var exit = await run.RunAsync("status", "--data", "/nowhere/zhaotong");

        Assert.Equal(ExitCode.Unreachable, exit);
        Assert.StartsWith("No node runs over '/nowhere/zhaotong'", run.Error, StringComparison.Ordinal);
    }
}
