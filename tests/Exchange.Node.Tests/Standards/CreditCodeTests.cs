using Exchange.Node.Standards;
using Xunit;

namespace Exchange.Node.Tests.Standards;

public sealed class CreditCodeTests
{
    // An example that GB 32100-2015 prints, and the code of a company that everybody knows.
    private const string Standards = "91350100M000100Y43";
    private const string Companys = "914403001922038216";

    [Theory]
    [InlineData(Standards, Standards)]
    [InlineData(Companys, Companys)]
    [InlineData("91350100m000100y43", Standards)]
    [InlineData("９１３５０１００Ｍ０００１００Ｙ４３", Standards)]
    [InlineData(" 91350100M000100Y43 ", Standards)]
    public void A_code_is_read_in_every_writing(string text, string code)
    {
        Assert.True(CreditCode.TryNormalise(text, out var normalised));
        Assert.Equal(code, normalised);
    }

    [Theory]
    [InlineData("")]
    [InlineData("91350100M000100Y4")]
    [InlineData("91350100M000100Y433")]
    [InlineData("91350100M000100Y44")]
    [InlineData("913501O0M000100Y43")]
    [InlineData("I1350100M000100Y43")]
    [InlineData("9135010AM000100Y43")]
    public void What_is_no_code_is_refused(string text)
    {
        Assert.False(CreditCode.TryNormalise(text, out var normalised));
        Assert.Equal("", normalised);
    }

    [Fact]
    public void The_check_character_makes_the_weighted_sum_a_multiple_of_31()
    {
        const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        var endings = new HashSet<char>();
        for (var number = 0; number < 1000; number++)
        {
            var body = $"91441900MA{number * 7919:0000000}";
            var code = body + CreditCode.CheckCharacter(body);
            endings.Add(code[^1]);

            var sum = body.Select((c, i) => Alphabet.IndexOf(c) * (long)Math.Pow(3, i)).Sum();
            Assert.Equal((code, 0), (code, (sum + Alphabet.IndexOf(code[^1])) % 31));
        }

        Assert.Equal(31, endings.Count);
    }

    [Fact]
    public void Every_single_wrong_digit_is_noticed()
    {
        for (var place = 0; place < Companys.Length; place++)
        {
            foreach (var digit in "0123456789".Where(d => d != Companys[place]))
            {
                Assert.False(CreditCode.TryNormalise(Companys[..place] + digit + Companys[(place + 1)..], out _));
            }
        }
    }
}
