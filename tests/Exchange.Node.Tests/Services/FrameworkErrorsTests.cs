using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.Node.JsonDoor;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace Exchange.Node.Tests.Services;

/// <summary>Details are added to answers that start, and never in the way of one that has started.</summary>
public sealed class FrameworkErrorsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Headers_that_left_meanwhile_are_left_alone(bool haveLeft)
    {
        var response = new Starting { Headers = new HeaderDictionary { ["grpc-status"] = "4" } };
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseFeature>(response);
        await FrameworkErrors.AddDetailsAsync(new DefaultHttpContext(features), _ => Task.CompletedTask);

        ((HeaderDictionary)response.Headers).IsReadOnly = haveLeft;
        await response.StartAsync();

        Assert.Equal(!haveLeft, response.Headers.ContainsKey(ErrorStatus.DetailsTrailer));
    }

    [Theory]
    [InlineData(false, StatusCode.Internal)]
    [InlineData(true, StatusCode.Cancelled)]
    public async Task What_fails_when_the_answer_has_ended_already_is_no_fault_of_the_node(bool hasEnded, StatusCode expected)
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseTrailersFeature>(
            new Trailing { Trailers = new HeaderDictionary { IsReadOnly = hasEnded } });
        var call = new JsonCall(http, "/exchange.v1.NodeService/GetNode", DateTime.MaxValue, CancellationToken.None);
        var interceptor = new ErrorInterceptor(NullLogger<ErrorInterceptor>.Instance);

        var error = await Assert.ThrowsAsync<RpcException>(() => interceptor.UnaryServerHandler<string, string>(
            "", call, (_, _) => throw new InvalidOperationException("Invalid ordering of calling StartAsync")));

        Assert.Equal(expected, error.StatusCode);
    }

    [Theory]
    [InlineData("Grpc.AspNetCore.Server.ServerCallHandler", true)]
    [InlineData("Exchange.Node.Errors.ErrorInterceptor", false)]
    public void A_stack_of_what_a_caller_sent_isnt_logged(string source, bool isCallersFault)
    {
        // As the parser says of some malformed numbers.
        var parsed = Assert.Throws<IndexOutOfRangeException>(() => (object)Array.Empty<int>()[source.Length]);
        var line = new LogEvent(
            DateTimeOffset.UnixEpoch,
            LogEventLevel.Error,
            parsed,
            MessageTemplate.Empty,
            [new LogEventProperty(Constants.SourceContextPropertyName, new ScalarValue(source))]);

        Assert.Equal(isCallersFault, NodeLog.IsCallersFault(line));
    }

    private sealed class Trailing : IHttpResponseTrailersFeature
    {
        public required IHeaderDictionary Trailers { get; set; }
    }

    private sealed class Starting : HttpResponseFeature
    {
        private Func<Task> _starting = () => Task.CompletedTask;

        public override void OnStarting(Func<object, Task> callback, object state) => _starting = () => callback(state);

        public Task StartAsync() => _starting();
    }
}
