using Exchange.Testing;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Vacancies;

/// <summary>Whoever publishes a notice doesn't decide on its terms.</summary>
public sealed class TermsDecisionTests
{
    [Fact]
    public async Task A_publisher_cant_accept_its_own_terms_and_a_desk_can()
    {
        await using var node = await TestNode.StartAsync("dongguan");
        var publisher = await OfAsync(node, Role.Publisher);
        var desk = await OfAsync(node, Role.Desk);
        var plain = Samples.Vacancy();
        plain.TermsReview = null;
        plain.SexWanted = Sex.Female;
        plain.EmployerId = "";
        var decided = plain.Clone();
        decided.TermsReview = Samples.Vacancy().TermsReview;
        decided.TermsReview.Terms.Add("女");

        var refused = await PutAsync(publisher, decided);
        var held = await PutAsync(publisher, plain);
        var accepted = await PutAsync(desk, decided);
        var kept = await PutAsync(publisher, decided);
        decided.TermsReview.Terms.Add("限汉族");
        var changed = await PutAsync(publisher, decided);

        Assert.Contains("terms_review", refused.Error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(held.HeldTerms);
        Assert.Null(accepted.Error);
        Assert.Null(kept.Error);
        Assert.DoesNotContain("女", kept.HeldTerms);
        Assert.Contains("terms_review", changed.Error.Message, StringComparison.Ordinal);
    }

    private static async Task<RecordService.RecordServiceClient> OfAsync(TestNode node, Role role)
    {
        var made = await node.Access.CreateCredentialAsync(new CreateCredentialRequest
        {
            Credential = new Credential { Name = "hr-" + role.ToString().ToLowerInvariant(), Roles = { role } },
        });
        return new RecordService.RecordServiceClient(node.As(made.Token));
    }

    private static async Task<PutRecordAnswer> PutAsync(RecordService.RecordServiceClient records, Vacancy vacancy)
    {
        var record = new Record
        {
            Kind = "vacancy",
            ExternalKey = new ExternalKey { Source = "hr-publisher", SourceId = "1" },
            Payload = Any.Pack(vacancy),
        };
        var answers = await records.BatchPutRecordsAsync(
            new BatchPutRecordsRequest { Items = { new PutRecordItem { Record = record } } });
        return answers.Answers[0];
    }
}
