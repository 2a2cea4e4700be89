namespace Grpc.Core.Interceptors;

/// <summary>The call that a client interceptor sees, and may change before it passes it on.</summary>
public struct ClientInterceptorContext<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    /// <summary>Creates a context.</summary>
    public ClientInterceptorContext(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        Method = method;
        Host = host;
        Options = options;
    }

    /// <summary>The method that is called.</summary>
    public Method<TRequest, TResponse> Method { get; }

    /// <summary>The host that is asked for, or null for that of the channel.</summary>
    public string? Host { get; }

    /// <summary>What the caller set.</summary>
    public CallOptions Options { get; }
}
