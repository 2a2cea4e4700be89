namespace Exchange.Node.Trust;

/// <summary>A key that payloads are sealed under, unwrapped.</summary>
/// <param name="Generation">Which one of its id; 1 is the first.</param>
/// <param name="Bytes">The key.</param>
internal sealed record DataKey(uint Generation, byte[] Bytes)
{
    /// <summary>256 bits.</summary>
    public const int Length = 32;
}
