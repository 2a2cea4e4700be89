using Exchange.Node.Tests.Records;
using Xunit;

namespace Exchange.Node.Tests.Cooperation;

/// <summary>What places, bodies and their people must keep to beyond the shape of their fields.</summary>
public sealed class CooperationRulesTests
{
    [Theory]
    [InlineData("pairing", """{"toDate":@2025-01-01}""", "to_date")]
    [InlineData("pairing", """{"receivingPlace":{"divisionCode":"530627"}}""", "receiving_place.division_code")]
    [InlineData("pairing", """{"receivingPlace":{"divisionCode":"4419"}}""", "")]
    [InlineData("pairing", """{"receivingPlace":{"divisionCode":"44"}}""", "receiving_place.division_code")]
    [InlineData("pairing", """{"sendingPlace":{"divisionCode":"5306"}}""", "sending_place.division_code")]
    [InlineData("pairing", """-sending_place {"sendingPlace":{"words":"威信"}}""", "sending_place.division_code")]
    [InlineData(
        "labour_agreement",
        """-parties {"parties":[{"name":"昭通市","role":"LABOUR_AGREEMENT_ROLE_SENDS"}]}""",
        "parties")]
    [InlineData("labour_agreement", """{"signedDate":@2026-03-02}""", "signed_date")]
    [InlineData("labour_agreement", """{"parties":[{}]}""", "parties[2].name parties[2].role")]
    [InlineData(
        "responsibility",
        """{"rank":"RESPONSIBILITY_RANK_SECTION_HEAD"}""",
        "place.division_code lower_place.division_code")]
    [InlineData(
        "responsibility",
        """{"rank":4,"place":{"divisionCode":"530627101"},"lowerPlace":{"divisionCode":"530627101203"}}""",
        "")]
    [InlineData(
        "responsibility",
        """{"rank":"RESPONSIBILITY_RANK_DEPARTMENT_HEAD"}""",
        "place.division_code lower_place.division_code")]
    [InlineData("liaison_officer", """{"villageDivisionCodes":["530627101"]}""", "village_division_codes[1]")]
    [InlineData("liaison_officer", """{"villageDivisionCodes":["530627101203"]}""", "village_division_codes[1]")]
    [InlineData("liaison_officer", """{"place":{"divisionCode":"5306"}}""", "place.division_code")]
    [InlineData("liaison_officer", """{"lastActiveDate":@2026-03-02}""", "last_active_date")]
    [InlineData("stationed_staff", """{"personName":"王**"}""", "person_name")]
    [InlineData("station", """{"officePhone":"13812345678"}""", "office_phone")]
    [InlineData("station", """{"labourAgreementId":"17"}""", "labour_agreement_id")]
    [InlineData("department", "-kind_names {}", "")]
    [InlineData("department", """-kind_names {"rights":["DEPARTMENT_RIGHT_READ_RECORDS"]}""", "kind_names")]
    public void What_is_wrong_is_named(string kind, string change, string fields) =>
        Assert.Equal(fields, Rules.FieldsAfter(kind, change));
}
