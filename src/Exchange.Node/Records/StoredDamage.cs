using System.Security.Cryptography;
using Google.Protobuf;

namespace Exchange.Node.Records;

/// <summary>Tells what was damaged in the store from everything else that can go wrong.</summary>
internal static class StoredDamage
{
    /// <summary>The exception says that stored bytes aren't what was written: they can't be opened or read.</summary>
    public static bool Is(Exception exception) =>
        exception is DamagedRecordException or CryptographicException or InvalidDataException
            or InvalidProtocolBufferException;
}
