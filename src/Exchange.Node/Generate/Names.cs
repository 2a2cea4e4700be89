using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>Made-up names of common parts. A name may be somebody's; the person is not.</summary>
internal static class Names
{
    private const string MaleCharacters = "伟强磊军勇杰涛明超辉华建国平志飞鹏斌波刚龙林文光云天亮德成富贵发祥荣才兴顺武山海生";
    private const string FemaleCharacters = "芳娜敏静丽艳娟霞秀玲桂燕红梅英兰萍雪琴凤珍翠香莲美春花菊莉巧云琼仙慧蓉会先焕朝";

    private static readonly Weighted<string> Surnames = new(
        ("王", 70), ("李", 76), ("张", 68), ("刘", 52), ("陈", 48), ("杨", 46), ("赵", 26), ("黄", 24), ("周", 25), ("吴", 22),
        ("徐", 14), ("孙", 12), ("马", 26), ("胡", 13), ("朱", 14), ("郭", 11), ("何", 13), ("罗", 16), ("高", 10), ("林", 8),
        ("邓", 10), ("郑", 9), ("梁", 7), ("谢", 10), ("宋", 9), ("唐", 10), ("许", 8), ("邹", 6), ("冯", 7), ("韩", 6),
        ("曹", 7), ("曾", 8), ("彭", 8), ("肖", 9), ("蔡", 6), ("潘", 6), ("田", 7), ("董", 6), ("袁", 7), ("于", 4),
        ("余", 8), ("叶", 5), ("蒋", 7), ("杜", 7), ("苏", 6), ("魏", 6), ("程", 6), ("吕", 5), ("丁", 5), ("沈", 4),
        ("任", 5), ("姚", 5), ("卢", 6), ("傅", 4), ("钟", 5), ("姜", 5), ("崔", 3), ("谭", 4), ("廖", 5), ("范", 5),
        ("汪", 4), ("陆", 5), ("金", 4), ("石", 4), ("戴", 4), ("贾", 4), ("韦", 3), ("夏", 4), ("付", 4), ("方", 4),
        ("尹", 4), ("熊", 5), ("孟", 3), ("秦", 4), ("阎", 3), ("薛", 3), ("侯", 3), ("雷", 4), ("龙", 5), ("陶", 5),
        ("安", 3), ("保", 1), ("禄", 1), ("陇", 1), ("申", 4), ("成", 3), ("虎", 1), ("撒", 1), ("欧阳", 1));

    public static string Surname(Dice dice) => Surnames.Pick(dice);

    public static string Given(Dice dice, Sex sex)
    {
        var characters = sex == Sex.Male ? MaleCharacters : FemaleCharacters;
        var first = characters[dice.Below(characters.Length)];
        return dice.Chance(0.25) ? first.ToString() : $"{first}{characters[dice.Below(characters.Length)]}";
    }
}
