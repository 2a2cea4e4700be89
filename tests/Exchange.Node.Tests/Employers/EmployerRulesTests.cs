using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Employers;

public sealed class EmployerRulesTests
{
    [Fact]
    public void A_name_is_all_that_an_employer_must_have()
    {
        Assert.Empty(Rules.Of(new Employer { Name = "Palm Landscaping LLC" }));
        Assert.Equal("name", Rules.Fields(Samples.Employer(), e => e.Name = " "));
        Assert.Equal("name", Rules.Fields(Samples.Employer(), e => e.Name = new string('x', 201)));
    }

    [Fact]
    public void Credit_codes_have_a_right_check_character() =>
        Assert.Equal("credit_code", Rules.Fields(Samples.Employer(), e => e.CreditCode = "91350100M000100Y44"));

    [Theory]
    [InlineData("0769-22112233", "")]
    [InlineData("+86 (769) 2211-2233", "")]
    [InlineData("400-800-1234", "")]
    [InlineData("12333", "")]
    [InlineData("", "")]
    [InlineData("13812345678", "office_phone")]
    [InlineData("call Mr Li", "office_phone")]
    [InlineData("1233", "office_phone")]
    public void An_office_phone_is_an_offices(string phone, string fields) =>
        Assert.Equal(fields, Rules.Fields(Samples.Employer(), e => e.OfficePhone = phone));
}
