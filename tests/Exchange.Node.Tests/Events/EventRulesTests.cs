using Exchange.Node.Tests.Records;
using Xunit;

namespace Exchange.Node.Tests.Events;

/// <summary>What fairs, forums, campaigns, documents and bases must keep to.</summary>
public sealed class EventRulesTests
{
    [Theory]
    [InlineData("job_fair", """{"employerCount":1,"employerIds":[@id]}""", "employer_count")]
    [InlineData("job_fair", """{"intentCount":2}""", "intent_count")]
    [InlineData("job_fair", """{"hiredCount":2}""", "hired_count")]
    [InlineData("job_fair", """-visitor_count {"intentCount":2}""", "")]
    [InlineData("job_fair", """{"heldDate":@2026-03-02}""", "")]
    [InlineData("forum", """{"heldDate":@2026-03-02}""", "held_date")]
    [InlineData("forum", """{"bodyCount":1,"employerIds":[@id]}""", "body_count")]
    [InlineData("forum", """-kind {}""", "kind")]
    [InlineData("campaign", """{"year":18}""", "year")]
    [InlineData("campaign", """{"toDate":@2025-01-01}""", "to_date")]
    [InlineData("policy_document", """{"issuedDate":@2026-03-02}""", "issued_date")]
    [InlineData("policy_document", """{"documentUri":"http://clerk:secret@example.org"}""", "document_uri")]
    [InlineData("policy_document", """{"toDate":@2025-01-01}""", "to_date")]
    [InlineData("employment_base", """{"workerCount":2}""", "worker_count")]
    [InlineData("employment_base", """{"cardWorkerCount":2}""", "card_worker_count")]
    [InlineData("employment_base", """-post_count {"workerCount":2}""", "")]
    [InlineData("employment_base", """{"place":{"divisionCode":"5306"}}""", "place.division_code")]
    [InlineData("employment_base", """{"endedDate":@2025-01-01}""", "ended_date")]
    [InlineData(
        "employment_base",
        """{"recognisedDate":@2026-03-02,"endedDate":@2026-03-02,"countedDate":@2026-03-02}""",
        "recognised_date counted_date")]
    public void What_is_wrong_is_named(string kind, string change, string fields) =>
        Assert.Equal(fields, Rules.FieldsAfter(kind, change));
}
