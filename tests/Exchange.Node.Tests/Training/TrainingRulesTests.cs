using Exchange.Node.Tests.Records;
using Xunit;

namespace Exchange.Node.Tests.Training;

/// <summary>What classes, enrolments, certificates, students and the eight ones must keep to.</summary>
public sealed class TrainingRulesTests
{
    [Theory]
    [InlineData("training_class", """{"guidanceDays":2}""", "guidance_days")]
    [InlineData("training_class", """-vacancy_id -employer_id {"kind":"TRAINING_KIND_ORDER"}""", "vacancy_id")]
    [InlineData("training_class", """-vacancy_id {"kind":"TRAINING_KIND_POST"}""", "")]
    [InlineData("training_class", """{"endDate":@2025-01-01}""", "end_date")]
    [InlineData("training_class", """{"providerCreditCode":"91350100M000100Y44"}""", "provider_credit_code")]
    [InlineData("enrolment", """{"guidanceDays":2}""", "guidance_days")]
    [InlineData("enrolment", """-outcome_date {}""", "outcome_date")]
    [InlineData("enrolment", """{"status":"ENROLMENT_STATUS_ENROLLED"}""", "status")]
    [InlineData("enrolment", """-outcome -outcome_date {"status":"ENROLMENT_STATUS_ENROLLED"}""", "")]
    [InlineData("enrolment", """{"outcomeDate":@2026-03-02}""", "outcome_date")]
    [InlineData("enrolment", """{"allowanceFen":-1}""", "allowance_fen")]
    [InlineData("certificate", """{"level":6}""", "level")]
    [InlineData("certificate", """{"issuedDate":@2026-03-02,"expireDate":@2026-03-02}""", "issued_date")]
    [InlineData("certificate", """{"expireDate":@2025-01-01}""", "expire_date")]
    [InlineData("skill_brand", """{"countedDate":@2026-03-02}""", "counted_date")]
    [InlineData("brand_member", """{"fromDate":@2026-03-02,"toDate":@2026-03-02}""", "from_date")]
    [InlineData("programme", """{"toDate":@2025-01-01}""", "to_date")]
    [InlineData("trade", """-occupation {}""", "occupation")]
    [InlineData("student", """{"place":{"divisionCode":"5306"}}""", "place.division_code")]
    [InlineData("student", """{"intakeYear":2017}""", "intake_year")]
    [InlineData("student", """{"intakeYear":18}""", "intake_year intake_year")]
    [InlineData("student", """{"statusDate":@2026-03-02,"juniorFinishedDate":@2018-07-01}""", "status_date")]
    [InlineData("student_allowance", """{"paidDate":@2026-03-02}""", "paid_date")]
    [InlineData("student_allowance", """{"sendingNode":"nujiang"}""", "receiving_node")]
    [InlineData("student_allowance", """-amount_fen {}""", "amount_fen")]
    [InlineData("village_support", """{"place":{"divisionCode":"530627101"}}""", "place.division_code")]
    [InlineData("village_support", """{"checkedDate":@2026-03-02}""", "checked_date")]
    public void What_is_wrong_is_named(string kind, string change, string fields) =>
        Assert.Equal(fields, Rules.FieldsAfter(kind, change));
}
