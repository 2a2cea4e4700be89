using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>A trade that workers know or employers look for.</summary>
/// <param name="Code">The code in CSCO-2022; empty where the list has none (普工).</param>
/// <param name="Words">The bureau's word.</param>
internal sealed record Trade(string Code, string Words)
{
    public static readonly Trade ShoeMaker = new("6-05-04-01", "制鞋工");
    public static readonly Trade Sewer = new("6-05-01-03", "缝纫工");
    public static readonly Trade Cutter = new("6-05-01-02", "裁剪工");
    public static readonly Trade Assembler = new("6-25-04-07", "电子设备装接工");
    public static readonly Trade Guard = new("4-07-05-01", "保安员");
    public static readonly Trade Housekeeper = new("4-10-01-06", "家政服务员");
    public static readonly Trade Carer = new("4-10-01-05", "养老护理员");
    public static readonly Trade Cleaner = new("4-09-08-01", "保洁员");
    public static readonly Trade Packer = new("6-31-05-00", "包装工");
    public static readonly Trade General = new("", "普工");
    public static readonly Trade Electrician = new("6-31-01-03", "电工");
    public static readonly Trade Mason = new("6-29-01-01", "砌筑工");
    public static readonly Trade SteelFixer = new("6-29-01-04", "钢筋工");
    public static readonly Trade Digger = new("6-30-05-05", "挖掘铲运和桩工机械司机");
    public static readonly Trade Grower = new("5-01-02-01", "农艺工");
    public static readonly Trade Breeder = new("5-03-02-01", "家畜饲养员");
    public static readonly Trade Embroiderer = new("6-09-03-11", "抽纱刺绣工");

    public Occupation ToOccupation() => new()
    {
        System = Code.Length == 0 ? "" : "CSCO-2022",
        Code = Code,
        Words = Words,
    };
}
