using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts a message: either all at once, or through a buffer writer.</summary>
public abstract class SerializationContext
{
    /// <summary>Takes the whole message. Nothing may follow.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>A writer that the message goes into, until <see cref="Complete()"/>.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>Says how many bytes will be written, before the writer is taken.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
        // Only a hint; a context that can't use it leaves it.
    }

    /// <summary>Says that the message is in the writer.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
