using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;

namespace Exchange.Node.Errors;

/// <summary>
/// What a caller streams in. Bytes that are no messages are its fault, and not the handler's that reads them.
/// </summary>
internal sealed class CallerStream<T>(IAsyncStreamReader<T> inner, string method) : IAsyncStreamReader<T>
{
    public T Current => inner.Current;

    /// <exception cref="ExchangeException">What came isn't a message of the method.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            return await inner.MoveNext(cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException
            || exception is IOException and not ConnectionResetException)
        {
            throw FrameworkErrors.Unreadable(method);
        }
    }
}
