using Exchange.Store;

namespace Exchange.Cli.Commands;

/// <summary>What <c>exchange store</c> writes as JSON.</summary>
/// <param name="Directory">What was made.</param>
/// <param name="Engine">Its engine.</param>
/// <param name="Epoch">The epoch of its feed.</param>
/// <param name="Position">The newest position of its feed.</param>
/// <param name="Records">Live records by kind.</param>
/// <param name="Bytes">The size of a backup.</param>
/// <param name="Digest">Of a copy: SHA-256 over everything in it, in hex; that of what was copied is the same.</param>
internal sealed record StoreReport(
    string Directory,
    string Engine,
    Guid Epoch,
    long Position,
    IReadOnlyDictionary<string, long> Records,
    long? Bytes = null,
    string? Digest = null)
{
    public static StoreReport Of(string directory, StoreStatus status) => new(
        directory,
        status.Engine,
        status.Epoch,
        status.Head.Value,
        status.Kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .ToDictionary(kind => kind.Key, kind => kind.Value.Live));

    /// <summary>How many there are, for people.</summary>
    public static string Count(StoreStatus status) =>
        $"{status.Kinds.Values.Sum(kind => kind.Live):N0} records";
}
