namespace Exchange.Node.Generate;

/// <summary>An industry of the receiving city, with what its notices say.</summary>
/// <param name="Code">GB/T 4754-2017.</param>
/// <param name="Word">What its firms carry in their names.</param>
/// <param name="Weight">Its share of the notices.</param>
/// <param name="Trades">Whom it looks for.</param>
/// <param name="Pay">The lowest and the highest pay of a month in hundreds of yuan.</param>
/// <param name="MostPosts">The most posts of one notice.</param>
internal sealed record Industry(
    string Code, string Word, double Weight, IReadOnlyList<Trade> Trades, (int Least, int Most) Pay, int MostPosts)
{
    /// <summary>What Dongguan's towns look for in the sending counties.</summary>
    public static readonly IReadOnlyList<Industry> All =
    [
        new("19", "鞋业", 25, [Trade.ShoeMaker, Trade.ShoeMaker, Trade.General, Trade.Packer], (35, 60), 200),
        new("18", "制衣", 20, [Trade.Sewer, Trade.Sewer, Trade.Cutter, Trade.General], (35, 60), 100),
        new("39", "电子", 35, [Trade.Assembler, Trade.General, Trade.General, Trade.Packer], (38, 60), 200),
        new("72", "保安服务", 10, [Trade.Guard], (30, 48), 30),
        new("80", "家政服务", 10, [Trade.Housekeeper, Trade.Carer, Trade.Cleaner], (32, 60), 10),
    ];
}
