using Grpc.Core;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class StatusTests
{
    private static readonly Status NotFound = new(StatusCode.NotFound, "无此记录");

    [Fact]
    public void A_status_prints_code_and_detail() =>
        Assert.Equal("Status(StatusCode=\"NotFound\", Detail=\"无此记录\")", NotFound.ToString());

    [Fact]
    public void A_status_with_a_local_exception_prints_that_too()
    {
        var status = new Status(StatusCode.Unavailable, "gone", new IOException("cable"));

        Assert.StartsWith("Status(StatusCode=\"Unavailable\", Detail=\"gone\", DebugException=", status.ToString());
        Assert.Contains("cable", status.ToString());
    }

    [Fact]
    public void The_two_ready_made_statuses_have_no_detail()
    {
        Assert.Equal((StatusCode.OK, ""), (Status.DefaultSuccess.StatusCode, Status.DefaultSuccess.Detail));
        Assert.Equal((StatusCode.Cancelled, ""), (Status.DefaultCancelled.StatusCode, Status.DefaultCancelled.Detail));
    }

    [Fact]
    public void An_exception_without_a_message_says_its_status()
    {
        var error = new RpcException(NotFound);

        Assert.Equal(NotFound.ToString(), error.Message);
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal(NotFound, error.Status);
        Assert.Empty(error.Trailers);
    }

    [Fact]
    public void An_exception_keeps_its_message_and_its_trailers()
    {
        var trailers = new Metadata { { "reason", "gone" } };

        Assert.Equal("own words", new RpcException(NotFound, "own words").Message);
        Assert.Equal(NotFound.ToString(), new RpcException(NotFound, trailers).Message);
        Assert.Equal("own words", new RpcException(NotFound, trailers, "own words").Message);
        Assert.Same(trailers, new RpcException(NotFound, trailers).Trailers);
    }

    [Fact]
    public void The_local_exception_of_a_status_is_the_inner_exception()
    {
        var cause = new IOException("cable");

        Assert.Same(cause, new RpcException(new Status(StatusCode.Unavailable, "gone", cause)).InnerException);
    }

    [Theory]
    [InlineData(StatusCode.OK, 0)]
    [InlineData(StatusCode.DeadlineExceeded, 4)]
    [InlineData(StatusCode.Aborted, 10)]
    [InlineData(StatusCode.OutOfRange, 11)]
    [InlineData(StatusCode.Unauthenticated, 16)]
    public void Codes_have_the_numbers_of_the_protocol(StatusCode code, int number) => Assert.Equal(number, (int)code);
}
