using System.Security.Cryptography;
using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>The key of a payload was destroyed when its person was erased: nobody can read it any more.</summary>
internal sealed class KeyDestroyedException(RecordKey record)
    : CryptographicException($"The payload of '{record}' can't be read: its key was destroyed by an erasure.");
