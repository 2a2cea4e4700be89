namespace Exchange.Store;

/// <summary>How to open a store.</summary>
/// <param name="Directory">The data directory; created if absent. It remembers its engine. Ignored by <c>memory</c>.</param>
/// <param name="Node">The id of the node whose records are written here.</param>
/// <param name="Engine">The engine for a new directory; null takes the first of <see cref="RecordStores.Engines"/>.</param>
public sealed record StoreOptions(string Directory, string Node, string? Engine = null);
