using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Records;

public sealed class MaskedCopiesTests
{
    // What a text's name must end with to say nothing of who a person is: ids, codes, offices.
    private static readonly string[] Harmless =
    [
        "_id", "_ids", "_node", "code", "codes", "system", "currency", "office", "settlement", "scheme", "issuer",
        "transfer_batch", "checked_by", "relation_to_head", "school_name", "lender_name", "business_name",
    ];

    // Words for places and things, each by its whole name: others may be about a person.
    private static readonly string[] HarmlessWords =
    [
        "words", "body_words", "document_words", "employer_words", "failure_words", "from_words", "industry_words",
        "payer_words", "post_words", "replaced_words", "seat_words", "training_words",
    ];

    private readonly RecordKinds _kinds = new();

    [Fact]
    public void Each_text_of_records_about_persons_is_masked_or_left_out_or_known_to_be_harmless()
    {
        var texts = _kinds.All.Where(kind => kind.IsPersonal).SelectMany(kind => Texts(kind.Descriptor)).Distinct();

        Assert.Empty(texts
            .Where(field => MaskedCopies.MaskOf(field) is null && !MaskedCopies.IsFreeText(field))
            .Where(field => !HarmlessWords.Contains(field.Name)
                && !Harmless.Any(ending => field.Name.EndsWith(ending, StringComparison.Ordinal)))
            .Select(field => field.FullName));
        Assert.Empty(HarmlessWords.Except(texts.Select(field => field.Name)));
    }

    [Fact]
    public void Of_a_kind_that_isnt_known_nothing_is_shown()
    {
        var record = new Record
        {
            Kind = "passport",
            Payload = new Any { TypeUrl = "type.googleapis.com/x.Passport", Value = ByteString.CopyFromUtf8("secret") },
            PayloadHash = ByteString.CopyFromUtf8("hash"),
        };

        var copy = new MaskedCopies(_kinds).Of(record);

        Assert.True(copy.Masked);
        Assert.Null(copy.Payload);
        Assert.Equal(ByteString.Empty, copy.PayloadHash);
        Assert.NotNull(record.Payload);
    }

    [Fact]
    public void Fields_of_a_later_version_and_numbers_used_as_keys_arent_shown()
    {
        var worker = Samples.Worker();
        var record = new Record
        {
            Kind = "worker",
            ExternalKey = new ExternalKey { Source = "village", SourceId = worker.IdNumber },
            Payload = Any.Pack(worker),
        };
        using var later = new MemoryStream();
        record.Payload.Value.WriteTo(later);
        using (var output = new CodedOutputStream(later, leaveOpen: true))
        {
            output.WriteTag(1000, WireFormat.WireType.LengthDelimited);
            output.WriteString("secret");
        }

        record.Payload.Value = ByteString.CopyFrom(later.ToArray());

        var copy = new MaskedCopies(_kinds).Of(record);

        Assert.DoesNotContain("secret", copy.Payload.Value.ToStringUtf8(), StringComparison.Ordinal);
        Assert.NotEqual(worker.IdNumber, copy.ExternalKey.SourceId);
        Assert.Equal(worker.IdNumber, record.ExternalKey.SourceId);
    }

    // Where an rpc answers with more than records, which carry their payload packed and are masked above.
    [Fact]
    public void No_answer_shows_a_person_beside_records_but_where_it_is_known_to_be_masked_or_asked_for()
    {
        string[] known =
        [
            // Masked unless a purpose is named; the first two are told masked always.
            "exchange.v1.RecordPlacementEventResponse: PlacementEvent.reason_words",
            "exchange.v1.RecordPlacementEventResponse: PlacementEvent.note",
            "exchange.v1.GetPlacementResponse: PlacementEvent.reason_words",
            "exchange.v1.GetPlacementResponse: PlacementEvent.note",
            "exchange.v1.ListPlacementsResponse: PlacementEvent.reason_words",
            "exchange.v1.ListPlacementsResponse: PlacementEvent.note",
            "exchange.v1.WatchPlacementsResponse: PlacementEvent.reason_words",
            "exchange.v1.WatchPlacementsResponse: PlacementEvent.note",

            // Only for a purpose.
            "exchange.v1.CollectOutboxResponse: CollectOutboxResponse.phone",

            // Left out always.
            "exchange.v1.ListDueContactsResponse: Contact.remark",

            // Of vacancies, which are about nobody.
            "exchange.v1.GetVacancyResponse: TermsReview.reason_words",
            "exchange.v1.ListVacanciesResponse: TermsReview.reason_words",
            "exchange.v1.WatchVacanciesResponse: TermsReview.reason_words",

            // One line that is refused when it holds a long number.
            "exchange.v1.ListIdentityReviewsResponse: IdentityReview.note",
            "exchange.v1.SettleIdentityReviewResponse: IdentityReview.note",
        ];

        var shown = NodeContract.Files.SelectMany(file => file.Services).SelectMany(service => service.Methods)
            .Where(method => !PermissionTable.IsForPartners(PermissionTable.PathOf(method)))
            .Select(method => method.OutputType).Distinct()
            .SelectMany(output => Reached(output, [])
                .Where(field => MaskedCopies.MaskOf(field) is not null || MaskedCopies.IsFreeText(field))
                .Select(field => $"{output.FullName}: {field.ContainingType.Name}.{field.Name}"))
            .Distinct();

        Assert.Equal(known.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<FieldDescriptor> Reached(MessageDescriptor message, HashSet<MessageDescriptor> seen) =>
        seen.Add(message)
            ? message.Fields.InFieldNumberOrder().SelectMany(field => field.FieldType == FieldType.Message
                && field.MessageType.File.Package == "exchange.v1" ? Reached(field.MessageType, seen) : [field])
            : [];

    private static IEnumerable<FieldDescriptor> Texts(MessageDescriptor message) =>
        message.Fields.InFieldNumberOrder().SelectMany(field => field.FieldType switch
        {
            FieldType.String => [field],
            FieldType.Message when field.MessageType.File.Package == "exchange.v1" => Texts(field.MessageType),
            _ => [],
        });
}
