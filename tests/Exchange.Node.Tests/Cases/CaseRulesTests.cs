using Exchange.Node.Tests.Records;
using Xunit;

namespace Exchange.Node.Tests.Cases;

/// <summary>What station cases must keep to.</summary>
public sealed class CaseRulesTests
{
    [Theory]
    [InlineData("case_file", """-closed_date {"state":"CASE_STATE_CLOSED"}""", "closed_date")]
    [InlineData("case_file", """-result {"state":"CASE_STATE_CLOSED"}""", "result")]
    [InlineData("case_file", """-handed_date {"state":"CASE_STATE_HANDED_OVER"}""", "handed_date")]
    [InlineData("case_file", """{"closedDate":@2025-01-01}""", "closed_date")]
    [InlineData("case_file", """{"dueDate":@2025-01-01}""", "due_date")]
    [InlineData(
        "case_file",
        """{"openedDate":@2026-03-02,"closedDate":@2026-03-02,"dueDate":@2026-03-02,"handedDate":@2026-03-02}""",
        "opened_date closed_date handed_date")]
    [InlineData("case_file", """{"receivingNode":"zhongshan","sendingNode":"nujiang"}""", "receiving_node")]
    [InlineData("case_file", """{"reimbursement":{"reimbursableFen":"2"}}""", "reimbursement.reimbursable_fen")]
    [InlineData("case_file", """{"reimbursement":{"reimbursedFen":"2"}}""", "reimbursement.reimbursed_fen")]
    [InlineData("case_file", """-worker_id {}""", "worker_id")]
    [InlineData("case_file", """{"caseFileId":"17"}""", "case_file_id")]
    public void What_is_wrong_is_named(string kind, string change, string fields) =>
        Assert.Equal(fields, Rules.FieldsAfter(kind, change));
}
