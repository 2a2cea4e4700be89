using Exchange.Node.Tests.Records;
using Xunit;

namespace Exchange.Node.Tests.Money;

/// <summary>What policies, payments, batches, loans and funds must keep to.</summary>
public sealed class MoneyRulesTests
{
    [Theory]
    [InlineData("subsidy_policy", """{"tiers":[{"stayMonths":4,"amountFen":"100000"}]}""", "tiers[1].stay_months")]
    [InlineData(
        "subsidy_policy",
        """{"tiers":[{"stayMonths":3,"amountFen":"100000"},{"stayMonths":3,"amountFen":"200000"}]}""",
        "tiers[2]")]
    [InlineData("subsidy_policy", """{"tiers":[{"stayMonths":3}]}""", "tiers[1].amount_fen")]
    [InlineData(
        "subsidy_policy",
        """{"tiers":[{"amountFen":"100000","workDivisionCode":"4419"},{"amountFen":"30000"}]}""",
        "")]
    [InlineData("subsidy_policy", """{"toDate":@2025-01-01}""", "to_date")]
    [InlineData("subsidy_payment", """-return_words {"state":"PAYMENT_STATE_RETURNED"}""", "return_words")]
    [InlineData("subsidy_payment", """{"liaisonOfficerId":@id}""", "liaison_officer_id")]
    [InlineData("subsidy_payment", """{"sendingNode":"nujiang"}""", "receiving_node")]
    [InlineData("subsidy_payment", """{"sendingNode":"nujiang","receivingNode":"zhaotong"}""", "")]
    [InlineData(
        "subsidy_payment",
        """{"conditionMetDate":@2026-03-02,"stateDate":@2026-03-02}""",
        "condition_met_date state_date")]
    [InlineData("subsidy_payment", """{"forYear":20200}""", "for_year")]
    [InlineData("subsidy_payment", """{"amountFen":-100}""", "amount_fen")]
    [InlineData("payment_batch", """{"returnedCount":2}""", "returned_count")]
    [InlineData("payment_batch", """{"returnedFen":"2"}""", "returned_fen")]
    [InlineData("payment_batch", """{"stateDate":@2026-03-02}""", "state_date")]
    [InlineData("start_up_loan", """{"repaidFen":"2"}""", "repaid_fen")]
    [InlineData("start_up_loan", """{"amountFen":"2","state":"LOAN_STATE_REPAID"}""", "repaid_fen")]
    [InlineData("start_up_loan", """{"dueDate":@2025-01-01}""", "due_date")]
    [InlineData("start_up_loan", """{"grantedDate":@2026-03-02,"dueDate":@2026-03-02}""", "granted_date")]
    [InlineData("cooperation_fund", """{"spentFen":"2"}""", "spent_fen")]
    [InlineData(
        "cooperation_fund",
        """{"allocations":[{"divisionCode":"530629","amountFen":"1","ruleWords":"按目标"}]}""",
        "allocations")]
    [InlineData(
        "cooperation_fund",
        """{"receivedFen":"9","allocations":[{"divisionCode":"530600"}]}""",
        "allocations[1].division_code allocations[1].amount_fen allocations[1].rule_words")]
    [InlineData("cooperation_fund", """{"countedDate":@2026-03-02}""", "counted_date")]
    public void What_is_wrong_is_named(string kind, string change, string fields) =>
        Assert.Equal(fields, Rules.FieldsAfter(kind, change));
}
