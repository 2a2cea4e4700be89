using Exchange.Node.Standards;
using Xunit;

namespace Exchange.Node.Tests.Standards;

/// <summary>Words typed in another script, width or with pinyin are the same words; damage is found.</summary>
public sealed class ComparedTextTests
{
    [Theory]
    [InlineData("勞動(dòng)力", "劳动力")]
    [InlineData("貧困發(fā)生率", "贫困发生率")]
    [InlineData("對(duì)口、務(wù)工", "对口、务工")]
    [InlineData("四精準(zhǔn)四協(xié)同", "四精准四协同")]
    [InlineData("授人以漁", "授人以渔")]
    [InlineData("  ＡＢＣ　鞋業 １２", "abc鞋业12")]
    [InlineData("乾縣", "乾县")]
    public void One_form_is_compared(string typed, string meant) =>
        Assert.Equal(ComparedText.Of(meant), ComparedText.Of(typed));

    [Theory]
    [InlineData("制鞋", "制衣")]
    [InlineData("招工(ABC)", "招工")]
    public void Other_words_stay_other_words(string one, string other) =>
        Assert.NotEqual(ComparedText.Of(one), ComparedText.Of(other));

    [Theory]
    [InlineData("昭通\uFFFD")]
    [InlineData("锟斤拷")]
    [InlineData("å¼\u00A0ä¸\u0089")]
    [InlineData("必?fù)責(zé)威信縣")]
    [InlineData("王\uE000明")]
    public void Damage_is_found(string text) => Assert.True(Mojibake.IsIn(text));

    [Theory]
    [InlineData("負(fù)責(zé)威信縣")]
    [InlineData("月薪(yuan每月)")]
    [InlineData("包吃|包住？")]
    [InlineData("Café Zürich, Señor")]
    [InlineData("𠮷野家")]
    public void What_is_whole_is_left_alone(string text) => Assert.False(Mojibake.IsIn(text));

    [Theory]
    [InlineData("东莞市大岭山镇", "441900118")]
    [InlineData("廣東省東莞(guǎn)市大嶺(lǐng)山鎮(zhèn)", "441900118")]
    [InlineData("雲南省昭通市鎮雄縣", "530627")]
    [InlineData("镇雄县", "530627")]
    [InlineData("鼓楼区", "")]
    [InlineData("南京市鼓楼区", "320106")]
    [InlineData("浙江省某市云南路1号", "")]
    [InlineData("东莞", "")]
    [InlineData("", "")]
    public void A_place_is_the_one_whose_whole_name_was_typed(string words, string code) =>
        Assert.Equal(code, PlaceNames.CodeOf(words));

    [Theory]
    [InlineData("東莞", "4419")]
    [InlineData("中山", "4420")]
    [InlineData("上海", "31")]
    [InlineData("新疆", "65")]
    [InlineData("云南昭通镇雄", "530627")]
    [InlineData("其他", "")]
    public void A_wish_may_name_it_in_short(string words, string code) =>
        Assert.Equal(code, PlaceNames.LikelyCodeOf(words));
}
