using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Workers;

public sealed class HouseholdRulesTests
{
    [Fact]
    public void A_head_is_all_that_a_household_must_have()
    {
        Assert.Empty(Rules.Of(new Household { HeadName = "王大山" }));
        Assert.Equal("head_name", Rules.Fields(Samples.Household(), h => h.HeadName = ""));
    }

    [Fact]
    public void The_heads_number_and_phone_are_checked()
    {
        Assert.Equal("head_id_number", Rules.Fields(Samples.Household(), h => h.HeadIdNumber = "110105194912310021"));
        Assert.Equal("phone", Rules.Fields(Samples.Household(), h => h.Phone = "2123456"));
    }

    [Fact]
    public void Who_was_relocated_has_a_settlement()
    {
        Assert.Equal("relocation.settlement", Rules.Fields(Samples.Household(), h => h.Relocation.Settlement = ""));
        Assert.Equal("", Rules.Fields(Samples.Household(), h => h.Relocation = null));
    }

    [Fact]
    public void Nobody_lives_in_less_than_nobody() =>
        Assert.Equal("member_count", Rules.Fields(Samples.Household(), h => h.MemberCount = -1));
}
