using Exchange.Node.Access;
using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Exchange.Node.Audit;

/// <summary>Says at the top of every call who is at work, for whatever the call notes.</summary>
internal sealed class AuditInterceptor(AuditTrail trail) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        using var entered = trail.Enter(Context(context));
        return await continuation(request, context);
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var entered = trail.Enter(Context(context));
        return await continuation(requestStream, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var entered = trail.Enter(Context(context));
        await continuation(request, responseStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var entered = trail.Enter(Context(context));
        await continuation(requestStream, responseStream, context);
    }

    // Which partner it is comes to light in the call: whoever finds out says so.
    private static AuditContext Context(ServerCallContext call)
    {
        var caller = Caller.Of(call);
        var isPartner = PermissionTable.Rows.GetValueOrDefault(call.Method) == Permission.Partner;
        return new AuditContext
        {
            Actor = new AuditActor
            {
                Kind = isPartner ? AuditActorKind.Partner : AuditActorKind.Local,
                Name = isPartner ? "" : caller.Name,
                Roles = { caller.Roles.Select(RolePermissions.NameOf).Order(StringComparer.Ordinal) },
            },
            Method = call.Method.TrimStart('/'),
        };
    }
}
