namespace Exchange.Node.Hosting;

/// <summary>The section <c>Store</c> of the configuration.</summary>
internal sealed class StoreSettings
{
    public const string Section = "Store";

    /// <summary>
    /// The engine of a new store: <c>litedb</c> or <c>sqlite</c>. Default: the first one that the program was built
    /// with. A
    /// store remembers its engine.
    /// </summary>
    public string? Engine { get; set; }
}
