using System.Numerics;
using Exchange.V1;
using static Exchange.V1.MatchEffect;
using static Exchange.V1.MatchReasonType;

namespace Exchange.Node.Matching;

/// <summary>
/// Sets of reasons, one bit each, with what they weigh and their words. The one table of what matching can say.
/// </summary>
internal static class MatchReasons
{
    private static readonly Dictionary<MatchReasonType, Reason> Rows = new()
    {
        [TradeWanted] = new(30, "想做这一工种", "wants this trade"),
        [Skilled] = new(25, "有这一工种的技能", "has the skill"),
        [ReservedDisabled] = new(20, "申请预留岗位，本岗位有为残疾人预留的名额", "asks for a reserved post, and this has some"),
        [ReservedCardHolder] = new(20, "本岗位有为建档立卡户预留的名额", "posts are reserved for registered-poor households"),
        [ReservedRelocated] = new(20, "本岗位有为易地搬迁户预留的名额", "posts are reserved for relocated households"),
        [TradeNear] = new(15, "想做的工种与本岗位同属一类", "wants a trade of the same group"),
        [Experienced] = new(15, "做过这一工种", "has done this work"),
        [PlaceWanted] = new(15, "工作地点是本人想去的地方", "the work is where the worker wants to go"),
        [PayEnough] = new(15, "工资达到本人期望", "pays what the worker expects"),
        [WantsToLeave] = new(10, "有外出务工意愿", "wants to leave for work"),
        [Trained] = new(5, "参加过培训并结业", "has finished a class"),
        [SchoolingEnough] = new(5, "文化程度符合要求", "schooling is what the post asks for"),
        [AgeFits] = new(5, "年龄符合要求", "age is what the post asks for"),
        [HasWork] = new(-20, "台账显示已有工作", "the ledger says that the worker has work"),
        [WantsStartUp] = new(-15, "想自己创业", "wants to start a business"),
        [PayBelow] = new(-15, "工资低于本人期望", "pays less than the worker expects"),
        [TradeOther] = new(-10, "想做其他工种", "wants other trades"),
        [PlaceOther] = new(-10, "想去其他地方", "wants to go elsewhere"),
        [Inexperienced] = new(-10, "岗位要求经验，未见相关经历", "the post asks for experience, and none is known"),
        [NotAsked] = new(-5, "尚未问过本人意愿", "nobody has asked the worker yet"),
        [SchoolingUnknown] = new(-5, "岗位要求文化程度，本人文化程度不详", "the post asks for schooling, which isn't known"),
        [Under16] = new(0, "未满16周岁，不得介绍工作", "is under 16 and may not work"),
        [AgeUnknown] = new(0, "出生日期不详，无法确认已满16周岁", "no day of birth is known: nobody can tell that it is 16"),
        [AgeBelow] = new(0, "低于岗位要求的年龄", "is younger than the post asks for"),
        [AgeAbove] = new(0, "高于岗位要求的年龄", "is older than the post asks for"),
        [SchoolingBelow] = new(0, "文化程度低于岗位要求", "the post asks for more schooling"),
        [WantsNone] = new(0, "本人没有就业意愿", "wants no work"),
        [ReservedForOthers] = new(0, "名额全部为其他群体预留", "all posts are reserved for others"),
        [InSchool] = new(0, "在校学习", "is in school"),
        [InPlacement] = new(0, "已推荐或已在岗，尚未结束", "a placement goes on"),
        [ConsentWithdrawn] = new(0, "已撤回对该城市的同意", "withdrew the consent to that city's node"),
    };

    private static readonly int[] Weights = [.. Numbers().Select(type => Rows.GetValueOrDefault(type).Weight)];

    private static readonly ulong AllExcluding = Rows.Where(row => row.Value.Weight == 0)
        .Aggregate(0UL, (bits, row) => bits | Bit(row.Key));

    /// <summary>All reasons of the contract that have a row.</summary>
    public static IEnumerable<MatchReasonType> All => Rows.Keys;

    /// <summary>The set of one reason.</summary>
    public static ulong Bit(MatchReasonType type) => 1UL << (int)type;

    /// <summary>Nothing in a set excludes.</summary>
    public static bool IsSuited(ulong reasons) => (reasons & AllExcluding) == 0;

    /// <summary>What excludes, of a set.</summary>
    public static ulong Excluding(ulong reasons) => reasons & AllExcluding;

    /// <summary>What the reasons of a set weigh together.</summary>
    public static int Score(ulong reasons)
    {
        var score = 0;
        for (var left = reasons; left != 0; left &= left - 1)
        {
            score += Weights[BitOperations.TrailingZeroCount(left)];
        }

        return score;
    }

    /// <summary>The reasons of a set in words: what excludes, then the heaviest first.</summary>
    public static IEnumerable<MatchReason> Tell(ulong reasons) => Rows
        .Where(row => (reasons & Bit(row.Key)) != 0)
        .OrderByDescending(row => row.Value.Weight == 0)
        .ThenByDescending(row => Math.Abs(row.Value.Weight))
        .ThenBy(row => row.Key)
        .Select(row => new MatchReason
        {
            Type = row.Key,
            Effect = row.Value.Weight switch { 0 => Excludes, > 0 => For, _ => Against },
            Weight = row.Value.Weight,
            WordsZh = row.Value.Zh,
            WordsEn = row.Value.En,
        });

    private static IEnumerable<MatchReasonType> Numbers() =>
        Enumerable.Range(0, (int)Enum.GetValues<MatchReasonType>().Max() + 1).Select(number => (MatchReasonType)number);

    /// <summary>What a reason weighs, and its words.</summary>
    /// <param name="Weight">0 for what excludes.</param>
    /// <param name="Zh">In Chinese.</param>
    /// <param name="En">In English.</param>
    private readonly record struct Reason(int Weight, string Zh, string En);
}
