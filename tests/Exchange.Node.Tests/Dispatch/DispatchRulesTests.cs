using Exchange.Node.Tests.Records;
using Xunit;

namespace Exchange.Node.Tests.Dispatch;

/// <summary>What batches, manifests, returns, reviews, start-ups and school-leavers must keep to.</summary>
public sealed class DispatchRulesTests
{
    [Theory]
    [InlineData("dispatch_batch", """{"arrivalDate":@2025-01-01}""", "arrival_date")]
    [InlineData("dispatch_batch", """{"sendingNode":"nujiang"}""", "sending_node")]
    [InlineData("dispatch_batch", """{"departureDate":@2026-03-02,"arrivalDate":@2026-03-02}""", "")]
    [InlineData(
        "dispatch_batch",
        """{"departureDate":@2026-03-02,"arrivalDate":@2026-03-02,"status":"DISPATCH_STATUS_DEPARTED"}""",
        "status")]
    [InlineData("manifest_entry", """{"sendingNode":"dongguan"}""", "sending_node")]
    [InlineData("manifest_entry", """-placement_id {}""", "placement_id")]
    [InlineData("manifest_entry", """{"workerId":"王小明"}""", "worker_id")]
    [InlineData("departure_review", """{"doneDate":@2026-03-02}""", "done_date")]
    [InlineData("return_home", """{"reason":"LEAVE_REASON_OTHER"}""", "")]
    [InlineData("return_home", """-reason_words {"reason":"LEAVE_REASON_OTHER"}""", "reason_words")]
    [InlineData("return_home", """-reason {}""", "reason")]
    [InlineData("return_home", """-replaced_date {}""", "replaced_date")]
    [InlineData("return_home", """{"replacedDate":@2025-01-01}""", "replaced_date")]
    [InlineData(
        "return_home",
        """{"returnedDate":@2026-03-02,"replacedDate":@2026-03-02}""",
        "returned_date replaced_date")]
    [InlineData("return_home", """{"fromDivisionCode":"530627000000"}""", "from_division_code")]
    [InlineData("start_up", """{"startDate":@2026-03-02,"endDate":@2026-03-02}""", "start_date")]
    [InlineData("start_up", """{"endDate":@2025-01-01}""", "end_date")]
    [InlineData("school_leaver", """{"year":2027}""", "year")]
    [InlineData("school_leaver", """{"year":18}""", "year")]
    [InlineData("school_leaver", """-finished {}""", "finished")]
    [InlineData("school_leaver", """{"askedDate":@2026-03-02}""", "asked_date")]
    public void What_is_wrong_is_named(string kind, string change, string fields) =>
        Assert.Equal(fields, Rules.FieldsAfter(kind, change));
}
