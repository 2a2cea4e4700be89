namespace Grpc.Core;

/// <summary>Writes the messages of a stream, one at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the next messages are written; null for the default.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message. The next one has to wait until this is done.</summary>
    Task WriteAsync(T message);

    /// <summary>Writes a message, and gives up when the token is cancelled.</summary>
    /// <exception cref="NotSupportedException">This writer can't be cancelled, and the token can.</exception>
    Task WriteAsync(T message, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled
            ? throw new NotSupportedException("This stream can't cancel a write.")
            : WriteAsync(message);
}

/// <summary>The stream of requests, as the client writes it.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more requests follow.</summary>
    Task CompleteAsync();
}

/// <summary>The stream of responses, as the server writes it. It ends when the handler returns.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
