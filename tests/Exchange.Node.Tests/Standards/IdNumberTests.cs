using Exchange.Node.Standards;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Standards;

public sealed class IdNumberTests
{
    // The two numbers that GB 11643-1999 itself prints.
    private const string Woman1949 = "11010519491231002X";
    private const string Man1880 = "440524188001010014";

    private static readonly DateOnly Today = new(2026, 3, 1);

    [Fact]
    public void The_standards_own_numbers_are_read()
    {
        Assert.Equal(IdNumberFault.None, IdNumber.Read(Woman1949, out var woman));
        Assert.Equal(IdNumberFault.None, IdNumber.Read(Man1880, out var man));

        Assert.Equal(("110105", new DateOnly(1949, 12, 31), Sex.Female), (woman.PlaceCode, woman.BirthDate, woman.Sex));
        Assert.Equal(("440524", new DateOnly(1880, 1, 1), Sex.Male), (man.PlaceCode, man.BirthDate, man.Sex));
        Assert.Equal(IdNumberFault.None, woman.Against(Today, anyPlace: false));
        Assert.Equal(IdNumberFault.None, man.Against(Today, anyPlace: false));
    }

    [Theory]
    [InlineData("11010519491231002x")]
    [InlineData("１１０１０５１９４９１２３１００２Ｘ")]
    [InlineData("１１０１０５１９４９１２３１００２ｘ")]
    [InlineData(" 11010519491231002X\u3000")]
    [InlineData("110105491231002")]
    public void Every_writing_of_a_number_has_one_normalised_form(string text)
    {
        Assert.Equal(IdNumberFault.None, IdNumber.Read(text, out var number));
        Assert.Equal(Woman1949, number.Normalised);
    }

    [Fact]
    public void Every_single_wrong_digit_is_noticed()
    {
        for (var place = 0; place < 17; place++)
        {
            foreach (var digit in "0123456789".Where(d => d != Woman1949[place]))
            {
                var wrong = Woman1949[..place] + digit + Woman1949[(place + 1)..];
                Assert.NotEqual(IdNumberFault.None, IdNumber.Read(wrong, out _));
            }
        }
    }

    [Fact]
    public void The_check_character_makes_the_sum_of_ISO_7064_one()
    {
        var endings = new HashSet<char>();
        for (var sequence = 0; sequence < 1000; sequence++)
        {
            var number = WithCheck($"53213019900615{sequence:000}");
            endings.Add(number[^1]);

            // MOD 11-2 says it without weights: each digit is worth twice the one behind it, and X is worth ten.
            var sum = number.Aggregate(0, (sum, c) => ((sum * 2) + (c == 'X' ? 10 : c - '0')) % 11);
            Assert.Equal((number, 1), (number, sum));
        }

        Assert.Equal(11, endings.Count);
    }

    [Theory]
    [InlineData("5.30627E+17", nameof(IdNumberFault.SpreadsheetDamage))]
    [InlineData("5.30627199001011E+17", nameof(IdNumberFault.SpreadsheetDamage))]
    [InlineData("５.30627e17", nameof(IdNumberFault.SpreadsheetDamage))]
    [InlineData("530627199001011000", nameof(IdNumberFault.SpreadsheetDamage))]
    [InlineData("530***********001X", nameof(IdNumberFault.Masked))]
    [InlineData("１１０＊＊＊", nameof(IdNumberFault.Masked))]
    [InlineData("", nameof(IdNumberFault.Length))]
    [InlineData("11010519491231002", nameof(IdNumberFault.Length))]
    [InlineData("1101054912310021", nameof(IdNumberFault.Length))]
    [InlineData("1101051949123100X2", nameof(IdNumberFault.Characters))]
    [InlineData("11010549123100X", nameof(IdNumberFault.Characters))]
    [InlineData("11010519491231-02X", nameof(IdNumberFault.Characters))]
    [InlineData("110105194912310021", nameof(IdNumberFault.CheckDigit))]
    [InlineData("110105990229001", nameof(IdNumberFault.BirthDate))]
    public void What_is_no_number_is_refused_for_its_own_reason(string text, string fault)
    {
        Assert.Equal(fault, IdNumber.Read(text, out var number).ToString());
        Assert.Equal(default, number);
    }

    [Fact]
    public void A_real_number_may_end_in_three_zeros()
    {
        var text = Enumerable.Range(1, 31)
            .Select(day => $"110105194912{day:00}100")
            .Select(WithCheck)
            .First(number => number.EndsWith("000", StringComparison.Ordinal));

        Assert.Equal(IdNumberFault.None, IdNumber.Read(text, out _));
    }

    [Theory]
    [InlineData("19490231")]
    [InlineData("19491301")]
    [InlineData("19490000")]
    [InlineData("00000101")]
    public void A_day_that_never_was_is_refused(string day) =>
        Assert.Equal(IdNumberFault.BirthDate, IdNumber.Read(WithCheck("110105" + day + "002"), out _));

    [Fact]
    public void Nobody_is_born_tomorrow()
    {
        Assert.Equal(IdNumberFault.None, Against("110105" + "20260301" + "002"));
        Assert.Equal(IdNumberFault.Future, Against("110105" + "20260302" + "002"));
    }

    [Theory]
    [InlineData("532130")] // Weixin... under the prefecture that ended in 2001
    [InlineData("530630")] // Shuifu county, until 2018
    [InlineData("530681")] // Shuifu city, since
    [InlineData("442527")] // Dongguan county, until 1984
    [InlineData("330113")] // a district of 2021, younger than the historical lists
    [InlineData("810000")]
    [InlineData("820000")]
    [InlineData("830000")]
    public void Every_place_that_ever_was_is_accepted(string place) =>
        Assert.Equal(IdNumberFault.None, Against(place + "19900101002"));

    [Theory]
    [InlineData("530699")]
    [InlineData("999999")]
    [InlineData("000000")]
    public void A_place_that_never_was_is_accepted_only_on_a_test_node(string place)
    {
        Assert.Equal(IdNumberFault.Place, Against(place + "19900101002"));
        Assert.Equal(IdNumberFault.None, Against(place + "19900101002", anyPlace: true));
    }

    [Fact]
    public void A_number_never_prints_itself()
    {
        _ = IdNumber.Read(Woman1949, out var number);

        Assert.Equal("(ID number)", $"{number}");
    }

    [Fact]
    public void Every_fault_says_what_to_do_and_nothing_of_the_number()
    {
        foreach (var fault in Enum.GetValues<IdNumberFault>().Where(fault => fault != IdNumberFault.None))
        {
            Assert.Matches("^[A-Z].{20,}\\.$", IdNumber.Describe(fault));
        }
    }

    private static IdNumberFault Against(string body, bool anyPlace = false)
    {
        Assert.Equal(IdNumberFault.None, IdNumber.Read(WithCheck(body), out var number));
        return number.Against(Today, anyPlace);
    }

    private static string WithCheck(string body) => body + IdNumber.CheckCharacter(body);
}
