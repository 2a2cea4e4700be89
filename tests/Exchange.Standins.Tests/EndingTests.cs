using Exchange.Standins.Tests.Wire;
using Grpc.Core;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class EndingTests
{
    [Fact]
    public async Task A_status_arrives_with_its_chinese_text_and_its_trailers()
    {
        await using var server = await ProbeServer.StartAsync();
        const string Detail = "工人已派遣：100% “广州”";

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.FailAsync(new Ending { Code = 9, Detail = Detail }));

        Assert.Equal((StatusCode.FailedPrecondition, Detail), (error.StatusCode, error.Status.Detail));
        Assert.Equal("broken", error.Trailers.GetValue("reason"));
        Assert.Equal(ProbeLog.Bytes, error.Trailers.GetValueBytes("details-bin"));
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.NotFound)]
    [InlineData(StatusCode.Aborted)]
    [InlineData(StatusCode.OutOfRange)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task Every_code_arrives_as_itself(StatusCode code)
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.FailAsync(new Ending { Code = (int)code });

        var error = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal(code, error.StatusCode);
        Assert.Equal(code, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_call_past_its_deadline_ends()
    {
        await using var server = await ProbeServer.StartAsync();
        var deadline = DateTime.UtcNow.AddMilliseconds(200);

        var error = await Assert.ThrowsAsync<RpcException>(
            () => server.Client.WaitAsync(new Text(), deadline: deadline).ResponseAsync.WaitAsync(ProbeLog.Patience));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task A_handler_knows_the_deadline()
    {
        await using var server = await ProbeServer.StartAsync();
        var deadline = DateTime.UtcNow.AddHours(1);

        var seen = await server.Client.DescribeAsync(new Text(), new CallOptions().WithDeadline(deadline));

        var difference = new DateTime(seen.Deadline, DateTimeKind.Utc) - deadline;
        Assert.InRange(difference, -ProbeLog.Patience, ProbeLog.Patience);
    }

    [Fact]
    public async Task A_cancelled_call_ends_on_both_sides()
    {
        await using var server = await ProbeServer.StartAsync();
        using var cancellation = new CancellationTokenSource();
        using var call = server.Client.WaitAsync(new Text(), cancellationToken: cancellation.Token);
        await server.Log.Entered.Task.WaitAsync(ProbeLog.Patience);

        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(ProbeLog.Patience));
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await server.Log.Left.Task.WaitAsync(ProbeLog.Patience);
    }

    [Fact]
    public async Task A_disposed_call_ends_on_the_server()
    {
        await using var server = await ProbeServer.StartAsync();
        var call = server.Client.WaitAsync(new Text());
        await server.Log.Entered.Task.WaitAsync(ProbeLog.Patience);

        call.Dispose();

        await server.Log.Left.Task.WaitAsync(ProbeLog.Patience);
    }

    [Fact]
    public async Task A_call_that_has_not_ended_has_neither_status_nor_trailers()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Chat();

        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }
}
