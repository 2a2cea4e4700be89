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
    // What a text's name must end with to say nothing of who a person is: ids, codes, places, words for things.
    private static readonly string[] Harmless =
    [
        "_id", "_ids", "_node", "code", "codes", "words", "system", "currency", "office", "settlement", "scheme", "issuer",
        "transfer_batch", "checked_by", "relation_to_head", "school_name", "lender_name", "business_name",
    ];

    private readonly RecordKinds _kinds = new();

    [Fact]
    public void Each_text_of_records_about_persons_is_masked_or_left_out_or_known_to_be_harmless()
    {
        var texts = _kinds.All.Where(kind => kind.IsPersonal).SelectMany(kind => Texts(kind.Descriptor)).Distinct();

        Assert.Empty(texts
            .Where(field => MaskedCopies.MaskOf(field) is null && !MaskedCopies.IsFreeText(field))
            .Where(field => !Harmless.Any(ending => field.Name.EndsWith(ending, StringComparison.Ordinal)))
            .Select(field => field.FullName));
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

    private static IEnumerable<FieldDescriptor> Texts(MessageDescriptor message) =>
        message.Fields.InFieldNumberOrder().SelectMany(field => field.FieldType switch
        {
            FieldType.String => [field],
            FieldType.Message when field.MessageType.File.Package == "exchange.v1" => Texts(field.MessageType),
            _ => [],
        });
}
