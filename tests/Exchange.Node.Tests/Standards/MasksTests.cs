using Exchange.Node.Standards;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Standards;

public sealed class MasksTests
{
    [Theory]
    [InlineData("王小明", "王**")]
    [InlineData("王", "王")]
    [InlineData("", "")]
    [InlineData("欧阳娜娜", "欧***")]
    [InlineData("阿依古丽·买买提", "阿*******")]
    [InlineData("𠮷野太郎", "𠮷***")]
    [InlineData("王𠮷", "王*")]
    [InlineData("e\u0301a", "e**")]
    public void A_name_keeps_its_first_character(string name, string masked) =>
        Assert.Equal(masked, Masks.Apply(Mask.Name, name));

    [Theory]
    [InlineData("53062719900101001X", "530***********001X")]
    [InlineData("530627900101001", "530********1001")]
    [InlineData("5306279001", "**********")]
    [InlineData("53062790010", "530****0010")]
    [InlineData("", "")]
    public void An_id_number_keeps_its_first_three_and_last_four(string number, string masked) =>
        Assert.Equal(masked, Masks.Apply(Mask.IdNumber, number));

    [Theory]
    [InlineData("13812345634", "138******34")]
    [InlineData("0870-2123456", "087*******56")]
    [InlineData("2123456", "*******")]
    [InlineData("21234567", "********")]
    [InlineData("212345678", "212****78")]
    public void A_phone_keeps_its_first_three_and_last_two(string phone, string masked) =>
        Assert.Equal(masked, Masks.Apply(Mask.Phone, phone));

    [Theory]
    [InlineData("530627103004", "530627")]
    [InlineData("530627000000", "530627")]
    [InlineData("5306", "5306")]
    [InlineData("441900118", "4419")]
    [InlineData("乌峰街道12号", "")]
    [InlineData("", "")]
    public void A_division_keeps_its_county(string code, string masked) =>
        Assert.Equal(masked, Masks.Apply(Mask.County, code));

    [Fact]
    public void No_mask_cuts_a_character_in_two()
    {
        var text = string.Concat(Enumerable.Repeat("𠮷", 12));

        foreach (var mask in new[] { Mask.Name, Mask.IdNumber, Mask.Phone })
        {
            var masked = Masks.Apply(mask, text);
            Assert.Equal(12, masked.EnumerateRunes().Count());
            Assert.DoesNotContain("\uFFFD", masked);
        }
    }

    [Fact]
    public void Without_a_mask_the_text_is_left_alone_and_an_unknown_mask_is_refused()
    {
        Assert.Equal("王小明", Masks.Apply(Mask.Unspecified, "王小明"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Masks.Apply((Mask)99, "王小明"));
    }
}
