using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

public sealed class AgreementRulesTests
{
    private static readonly RecordKinds Kinds = new();

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var agreement = SampleAgreements.City();
        agreement.Id = "Zhaotong Dongguan";
        agreement.Version = 0;
        agreement.ValidToDate = new Date { Year = 2025, Month = 2, Day = 30 };
        agreement.Parties[1].PublicKey = ByteString.CopyFromUtf8("no key");
        agreement.Flows[0].Profile = "";
        agreement.Flows[0].Kinds[0].Gate = Gate.Unspecified;
        agreement.Flows[0].DivisionPairs.Add(new DivisionPair { FromCode = "53062", ToCode = "4419" });
        agreement.Flows[1].ToNode = "shanghai";
        agreement.Flows[1].MayPassOnTo.Add("zhaotong");

        var violations = AgreementRules.Check(agreement, Kinds);

        Assert.Equal(
            [
                "id", "version", "valid_to_date", "parties[1].public_key", "flows[0].profile",
                "flows[0].division_pairs[0].from_code", "flows[0].kinds[0].gate", "flows[1].to_node",
                "flows[1].may_pass_on_to[0]",
            ],
            violations.Select(violation => violation.Field));
    }

    [Fact]
    public void Fields_are_checked_where_they_are_known_and_free_where_they_are_not()
    {
        var agreement = SampleAgreements.City();
        var worker = agreement.Flows[0].Kinds[0];
        worker.Fields.Clear();
        worker.Fields.Add(new FieldRule { Number = 3, Mask = Mask.Name }); // no text
        worker.Fields.Add(new FieldRule { Number = 11 }); // a message without its fields
        worker.Fields.Add(new FieldRule { Number = 1, Fields = { new FieldRule { Number = 1 } } }); // text with fields
        worker.Fields.Add(new FieldRule { Number = 1 }); // twice
        worker.Fields.Add(new FieldRule { Number = 19_500 }); // reserved
        worker.Fields.Add(new FieldRule { Number = 1000, Mask = Mask.Name }); // unknown: allowed
        agreement.Flows[0].Kinds.Add(new KindRule
        {
            Kind = "horse",
            Gate = Gate.All,
            Fields = { new FieldRule { Number = 7, Fields = { new FieldRule { Number = 1, Mask = Mask.Phone } } } },
        });

        var violations = AgreementRules.Check(agreement, Kinds).Select(violation => violation.Field);

        Assert.Equal(
            [
                "flows[0].kinds[0].fields[0].mask", "flows[0].kinds[0].fields[1].fields",
                "flows[0].kinds[0].fields[2].fields", "flows[0].kinds[0].fields[3].number",
                "flows[0].kinds[0].fields[4].number",
            ],
            violations);
    }

    [Fact]
    public void Purposes_of_one_direction_are_distinct_and_hide_each_field_in_one_way()
    {
        var good = SampleAgreements.Insured();
        var same = SampleAgreements.Insured();
        (same.Flows[2].Purpose, same.Flows[2].Profile) = (same.Flows[0].Purpose, same.Flows[0].Profile);
        var masked = SampleAgreements.Insured();
        masked.Flows[2].Kinds[0].Fields[0].Mask = Mask.Phone;
        var many = SampleAgreements.Insured();
        for (var i = 0; i < 7; i++)
        {
            var another = many.Flows[2].Clone();
            (another.Purpose, another.Profile) = ($"purpose {i}", $"profile-{i}");
            many.Flows.Add(another);
        }

        Assert.Empty(AgreementRules.Check(good, Kinds));
        Assert.Equal(["flows[2].purpose", "flows[2].profile"], Fields(same));
        Assert.Equal(["flows[2].kinds[0].fields[0].mask"], Fields(masked));
        Assert.Equal(["flows[9]"], Fields(many));
    }

    private static IEnumerable<string> Fields(Agreement agreement) =>
        AgreementRules.Check(agreement, Kinds).Select(violation => violation.Field);

    [Theory]
    [InlineData(2025, 12, 31, false)]
    [InlineData(2026, 1, 1, true)]
    [InlineData(2026, 12, 31, true)]
    [InlineData(2027, 1, 1, false)]
    public void It_is_in_force_from_its_first_to_its_last_day(int year, int month, int day, bool expected) =>
        Assert.Equal(expected, new AgreementTerms(SampleAgreements.City()).IsInForce(new DateOnly(year, month, day)));
}
