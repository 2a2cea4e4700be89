using System.Text;

namespace Exchange.Store;

/// <summary>
/// One declared key of a record: what it can be found by besides its id. Never personal data in the clear.
/// </summary>
/// <param name="Name">The index, such as <c>division</c>; unique within a kind.</param>
/// <param name="Value">
/// The value to look up; compared by ordinal UTF-8 bytes; at most 512 bytes, none of them zero.
/// </param>
/// <param name="Unique">
/// At most one live record of the kind may hold this name and value with <c>Unique</c> set. Replicated records are
/// stored without it, because a collision among them is for people to review and never a reason to refuse.
/// </param>
public readonly record struct IndexKey(string Name, string Value, bool Unique = false)
{
    /// <summary>The most bytes of a value.</summary>
    public const int MaxValueBytes = 512;

    /// <summary>A store takes the value: a key that came from outside is asked before it is put.</summary>
    public bool IsStorable => !Value.Contains('\0') && Encoding.UTF8.GetByteCount(Value) <= MaxValueBytes;
}
