using System.Security.Cryptography;

namespace Exchange.Node.Trust;

/// <summary>
/// A key's fingerprint in words that two people read to each other: 16 plain words, each a byte of the first 128 bits
/// of
/// the key's SHA-256. The list is fixed for good: nodes of different versions must read the same words.
/// </summary>
internal static class FingerprintWords
{
    private const int Count = 16;

    /// <summary>
    /// One word for each byte, each of two characters, so that they can be told apart without spaces.
    /// </summary>
    public static IReadOnlyList<string> List { get; } =
    [
        "天空", "大海", "高山", "河流", "森林", "草原", "沙漠", "冰川", "瀑布", "湖泊", "岛屿", "峡谷",
        "火山", "泉水", "沼泽", "海滩", "太阳", "月亮", "星星", "彩虹", "闪电", "春风", "秋雨", "雪花",
        "浓雾", "露珠", "乌云", "冰雹", "晚霞", "清晨", "黄昏", "午夜", "老虎", "狮子", "大象", "骆驼",
        "白马", "黄牛", "山羊", "小狗", "花猫", "兔子", "猴子", "熊猫", "狐狸", "松鼠", "刺猬", "斑马",
        "鲸鱼", "海豚", "鲨鱼", "乌龟", "螃蟹", "龙虾", "青蛙", "鳄鱼", "孔雀", "老鹰", "燕子", "麻雀",
        "鸽子", "企鹅", "天鹅", "鹦鹉", "蜜蜂", "蝴蝶", "蜻蜓", "蚂蚁", "蜘蛛", "蜗牛", "松树", "柳树",
        "竹子", "荷花", "玫瑰", "牡丹", "菊花", "梅花", "枫叶", "芦苇", "蘑菇", "棉花", "小麦", "水稻",
        "玉米", "高粱", "苹果", "香蕉", "葡萄", "西瓜", "桃子", "石榴", "柠檬", "樱桃", "菠萝", "草莓",
        "椰子", "荔枝", "核桃", "花生", "板栗", "红枣", "白菜", "萝卜", "土豆", "番茄", "黄瓜", "茄子",
        "辣椒", "南瓜", "大蒜", "洋葱", "豆腐", "米饭", "面条", "馒头", "饺子", "月饼", "粽子", "鸡蛋",
        "牛奶", "蜂蜜", "食盐", "酱油", "茶叶", "咖啡", "桌子", "椅子", "窗户", "台灯", "沙发", "镜子",
        "地毯", "枕头", "被子", "毛巾", "肥皂", "牙刷", "梳子", "剪刀", "茶杯", "饭碗", "筷子", "铁锅",
        "水壶", "菜刀", "冰箱", "风扇", "雨伞", "钥匙", "蜡烛", "火柴", "扫帚", "绳子", "衬衫", "裤子",
        "裙子", "外套", "帽子", "手套", "围巾", "皮鞋", "袜子", "腰带", "纽扣", "拉链", "铅笔", "毛笔",
        "橡皮", "尺子", "字典", "地图", "日历", "信封", "邮票", "报纸", "黑板", "算盘", "书包", "钢琴",
        "吉他", "笛子", "二胡", "喇叭", "锣鼓", "琵琶", "足球", "篮球", "风筝", "象棋", "秋千", "跳绳",
        "气球", "陀螺", "火车", "汽车", "飞机", "轮船", "卡车", "地铁", "帆船", "马车", "学校", "医院",
        "工厂", "机场", "码头", "桥梁", "隧道", "灯塔", "宝塔", "城墙", "水井", "粮仓", "剧院", "银行",
        "花园", "广场", "宫殿", "帐篷", "烟囱", "楼梯", "锤子", "钉子", "锯子", "斧头", "镰刀", "扳手",
        "螺丝", "齿轮", "弹簧", "磁铁", "滑轮", "梯子", "天平", "罗盘", "时钟", "电池", "灯泡", "插座",
        "电话", "相机", "黄金", "白银", "青铜", "玻璃", "陶瓷", "木材", "石头", "水泥", "煤炭", "丝绸",
        "皮革", "珍珠", "玉石", "琥珀",
    ];

    /// <summary>The words of a public key (SubjectPublicKeyInfo).</summary>
    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(publicKey, hash);
        var words = new string[Count];
        for (var i = 0; i < Count; i++)
        {
            words[i] = List[hash[i]];
        }

        return words;
    }

    /// <summary>Whether somebody typed the words of a key; what stands between them doesn't count.</summary>
    public static bool IsOf(string typed, ReadOnlySpan<byte> publicKey) =>
        string.Concat(typed.Where(char.IsLetter)) == string.Concat(Of(publicKey));
}
