using Exchange.Testing;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Xunit;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Exchange.Node.Tests.Services;

public sealed class StandardServicesTests
{
    [Fact]
    public async Task Health_serves_per_service_and_turns_before_the_node_stops()
    {
        await using var node = await TestNode.StartAsync();
        var health = new Grpc.Health.V1.Health.HealthClient(node.Channel);

        var known = await health.CheckAsync(new HealthCheckRequest { Service = "exchange.v1.SyncService" });
        var unknown = await Assert.ThrowsAsync<RpcException>(async () =>
            await health.CheckAsync(new HealthCheckRequest { Service = "exchange.v1.Nothing" }));
        using var watch = health.Watch(new HealthCheckRequest());
        await watch.ResponseStream.MoveNext(CancellationToken.None);
        var next = watch.ResponseStream.MoveNext(CancellationToken.None);
        node.BeginStop();

        Assert.Equal(ServingStatus.Serving, known.Status);
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.True(await next);
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
    }

    [Fact]
    public async Task Reflection_lists_the_services_and_describes_each_from_nothing()
    {
        await using var node = await TestNode.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(node.Channel).ServerReflectionInfo();

        var services = await AskAsync(call, new ServerReflectionRequest { ListServices = "" });
        var names = services.ListServicesResponse.Service.Select(service => service.Name).ToList();

        Assert.Contains("exchange.v1.VacancyService", names);
        Assert.Contains("grpc.health.v1.Health", names);
        foreach (var name in names)
        {
            var answer = await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = name });
            var bytes = answer.FileDescriptorResponse.FileDescriptorProto.Reverse();
            var files = FileDescriptor.BuildFromByteStrings(bytes);
            Assert.Contains(files, file => file.Services.Any(service => service.FullName == name));
        }
    }

    [Fact]
    public async Task Reflection_of_an_unknown_symbol_is_an_answer_and_not_the_end()
    {
        await using var node = await TestNode.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(node.Channel).ServerReflectionInfo();

        var unknown = await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = "no.Such" });
        var known = await AskAsync(call, new ServerReflectionRequest { FileByFilename = "exchange/v1/record.proto" });

        Assert.Equal((int)StatusCode.NotFound, unknown.ErrorResponse.ErrorCode);
        Assert.NotEmpty(known.FileDescriptorResponse.FileDescriptorProto);
    }

    private static async Task<ServerReflectionResponse> AskAsync(
        AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call, ServerReflectionRequest question)
    {
        await call.RequestStream.WriteAsync(question);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current;
    }
}
