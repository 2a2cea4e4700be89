using System.Reflection;
using Exchange.Node.Access;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Exchange.Node.JsonDoor;

/// <summary>Puts the door for systems without gRPC into a node: the same services, permissions and errors.</summary>
internal static class JsonDoorRegistration
{
    /// <summary>Answers browsers that ask for pages of other origins; stands before who may call what.</summary>
    public static void UseCrossOrigins(this WebApplication app) =>
        app.Use(ActivatorUtilities.CreateInstance<CrossOrigins>(app.Services).HandleAsync);

    /// <summary>Maps every rpc that has a rule.</summary>
    /// <param name="app">The node, with all its services mapped.</param>
    public static void MapJsonDoor(this WebApplication app)
    {
        var services = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
            .OfType<Type>().Distinct().ToList();
        var time = app.Services.GetRequiredService<TimeProvider>();
        Interceptor[] interceptors =
        [
            .. app.Services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value.Interceptors.Select(one =>
                (Interceptor)ActivatorUtilities.CreateInstance(app.Services, one.Type, [.. one.Arguments])),
        ];
        foreach (var type in services)
        {
            // What the generated code says of itself: the contract's class, and how its methods are bound.
            var bind = type.BaseType!.GetCustomAttribute<BindServiceMethodAttribute>()!;
            var binder = new JsonBinder(DescriptorOf(bind.BindType), interceptors, time);
            var handler = ActivatorUtilities.CreateInstance(app.Services, type);
            bind.BindType
                .GetMethod(bind.BindMethodName, [typeof(ServiceBinderBase), type.BaseType!])!
                .Invoke(null, [binder, handler]);
            foreach (var (rule, method, answer) in binder.Routes)
            {
                app.MapMethods(rule.Path, [rule.Verb], answer)
                    .WithMetadata(
                        new GrpcMethodMetadata(type, method),
                        AccessRegistration.AccessTo(PermissionTable.Rows[method.FullName]));
            }
        }
    }

    private static ServiceDescriptor DescriptorOf(Type contract) =>
        (ServiceDescriptor)contract.GetProperty("Descriptor")!.GetValue(null)!;
}
