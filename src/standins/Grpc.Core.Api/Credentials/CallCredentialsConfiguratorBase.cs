namespace Grpc.Core;

/// <summary>Is told, by call credentials, what they are. The runtime implements it.</summary>
public abstract class CallCredentialsConfiguratorBase
{
    /// <summary>The credentials are several others.</summary>
    public abstract void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials);

    /// <summary>The credentials are a function.</summary>
    public abstract void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor);
}
