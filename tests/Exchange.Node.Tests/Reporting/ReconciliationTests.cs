using Exchange.Node.Figures;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Reporting;

/// <summary>Numbers as they are printed, and what agrees, was rounded, is of something else, or is wrong.</summary>
public sealed class ReconciliationTests
{
    [Theory]
    [InlineData("28758", "28758", "28758", "28758", false)]
    [InlineData("28,758人", "28758", "28758", "28758", false)]
    [InlineData("9.48万", "94800", "94750", "94850", false)]
    [InlineData("4.9万人次", "49000", "48500", "49500", false)]
    [InlineData("1.93亿", "193000000", "192500000", "193500000", false)]
    [InlineData("200萬", "2000000", "1995000", "2005000", false)]
    [InlineData("51.8%", "51.8", "51.75", "51.85", true)]
    [InlineData("70%", "70", "69.5", "70.5", true)]
    [InlineData("約70％", "70", "65", "75", true)]
    [InlineData("约70%", "70", "65", "75", true)]
    [InlineData("18万左右", "180000", "175000", "185000", false)]
    [InlineData("47万多条", "470000", "470000", "480000", false)]
    [InlineData("380余", "380", "380", "390", false)]
    [InlineData("近3000", "3000", "2000", "3000", false)]
    public void A_printed_number_means_what_it_may_have_been_rounded_from(
        string words, string value, string low, string high, bool isRate)
    {
        var read = PrintedNumber.Read(words)!.Value;

        Assert.Equal(
            (decimal.Parse(value), decimal.Parse(low), decimal.Parse(high), isRate),
            (read.Value, read.Low, read.High, read.IsRate));
    }

    [Theory]
    [InlineData("")]
    [InlineData("数千人")]
    [InlineData("1.2.3")]
    [InlineData("1234567890123456")]
    public void What_is_no_number_is_none(string words) => Assert.Null(PrintedNumber.Read(words));

    [Theory]
    [InlineData("78.6%", "78.6%", ReconcileVerdict.Ok)]
    [InlineData("9.48万", "94750", ReconcileVerdict.WithinRounding)]
    [InlineData("9.48万", "94850", ReconcileVerdict.Conflict)]
    [InlineData("9.48万", "94749", ReconcileVerdict.Conflict)]
    [InlineData("18986", "18962", ReconcileVerdict.Conflict)]
    [InlineData("51.8%", "51", ReconcileVerdict.ScopeDiffers)]
    public void Half_is_rounded_up_and_never_down(string left, string right, ReconcileVerdict expected) =>
        Assert.Equal(expected, Reconciliation.Compare(Said(left), [Said(right)]).Verdict);

    [Fact]
    public void What_differs_in_scope_is_told_field_by_field()
    {
        var everyone = new FigureQuestion { Scope = Scopes.Of(Measure.Transferred, Counting.Persons, "5306", 2017) };
        var card = new FigureQuestion
        {
            Scope = Scopes.Of(Measure.Transferred, Counting.PersonTimes, "5306", 2016, 2017).OfCard(),
        };

        var found = Reconciliation.Compare(Said("9.35万", everyone), [Said("2.84万", card)]);

        Assert.Equal(ReconcileVerdict.ScopeDiffers, found.Verdict);
        Assert.Equal(
            ["counting", "from_date", "card"], found.Reasons.Skip(1).Select(reason => reason.Split(' ')[0]));
    }

    private static NamedNumber Said(string words, FigureQuestion? question = null) =>
        new(PrintedNumber.Read(words)!.Value, question, question?.BaseScope);
}
