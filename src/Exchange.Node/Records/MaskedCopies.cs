using System.Collections;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Exchange.Node.Standards;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>
/// Makes the copies of records about persons that readers get who name no purpose for seeing more: names, ID numbers
/// and telephone numbers are masked, and what a clerk wrote freely is left out, because nobody knows what it names.
/// </summary>
internal sealed class MaskedCopies(RecordKinds kinds)
{
    private readonly ConcurrentDictionary<MessageDescriptor, IReadOnlyList<Step>> _steps = new();

    /// <summary>The masked copy; the record itself when it is about no person or has nothing to hide.</summary>
    public Record Of(Record record)
    {
        var kind = kinds.Find(record.Kind);
        if (record.Payload is null || kind is { IsPersonal: false })
        {
            return record;
        }

        var copy = record.Clone();
        copy.Masked = true;
        if (copy.ExternalKey is { } external && IdNumber.Read(external.SourceId, out _) == IdNumberFault.None)
        {
            external.SourceId = Masks.IdNumber(external.SourceId);
        }

        if (kind is null)
        {
            (copy.Payload, copy.PayloadHash) = (null, ByteString.Empty);
            return copy;
        }

        // Fields of a later version aren't known to be harmless.
        var payload = kind.Descriptor.Parser.WithDiscardUnknownFields(true).ParseFrom(record.Payload.Value);
        Hide(payload);
        copy.Payload.Value = payload.ToByteString();
        copy.PayloadHash = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(copy.Payload.Value.Span));
        return copy;
    }

    /// <summary>A masked copy of a placement; the placement itself when nobody wrote anything freely into it.</summary>
    public Placement Of(Placement placement)
    {
        var copy = placement.Clone();
        foreach (var entry in copy.Events)
        {
            Hide(entry.Event);
        }

        copy.Masked = !copy.Equals(placement);
        return copy;
    }

    /// <summary>How a text is masked; null for one that says nothing of who a person is.</summary>
    public static Mask? MaskOf(FieldDescriptor field) => field switch
    {
        { FieldType: not FieldType.String } => null,
        { Name: "phone" } => Mask.Phone,
        { Name: "id_number" or "head_id_number" } => Mask.IdNumber,
        { Name: "person_name" or "head_name" } => Mask.Name,
        { Name: "name" } when field.ContainingType == Worker.Descriptor => Mask.Name,
        _ => null,
    };

    /// <summary>A text in somebody's own words about a person.</summary>
    public static bool IsFreeText(FieldDescriptor field) => field is
    {
        FieldType: FieldType.String,
        Name: "remark" or "note" or "details" or "reason_words" or "outcome_words" or "handed_words" or "return_words"
            or "cannot_leave_words",
    };

    private void Hide(IMessage message)
    {
        foreach (var step in _steps.GetOrAdd(message.Descriptor, StepsOf))
        {
            var accessor = step.Field.Accessor;
            if (step.Mask is { } mask)
            {
                accessor.SetValue(message, Masks.Apply(mask, (string)accessor.GetValue(message)));
            }
            else if (step.Field.FieldType == FieldType.String)
            {
                accessor.Clear(message);
            }
            else if (step.Field.IsRepeated)
            {
                foreach (IMessage element in (IList)accessor.GetValue(message))
                {
                    Hide(element);
                }
            }
            else if (accessor.GetValue(message) is IMessage nested)
            {
                Hide(nested);
            }
        }
    }

    private static IReadOnlyList<Step> StepsOf(MessageDescriptor message) =>
    [
        .. message.Fields.InFieldNumberOrder()
            .Select(field => new Step(field, MaskOf(field)))
            .Where(step => step.Mask is not null || IsFreeText(step.Field)
                || step.Field is { FieldType: FieldType.Message, IsMap: false }),
    ];

    /// <summary>What is done with one field.</summary>
    /// <param name="Field">A text to hide, or a message to look into.</param>
    /// <param name="Mask">How the text is masked; null for a text that is left out.</param>
    private sealed record Step(FieldDescriptor Field, Mask? Mask);
}
