using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Records;

/// <summary>What holds for every kind, also for one that is added: the names of its fields say what to check.</summary>
public sealed class EveryKindTests
{
    private static readonly RecordKinds Kinds = new();

    public static TheoryData<string> Names() => [.. Kinds.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_rule_objects_to_the_sample(string name) =>
        Assert.Empty(Rules.Of(SampleRecords.Of(Kinds.Find(name)!)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_field_that_is_spoilt_is_named_and_its_value_is_not_told(string name)
    {
        var kind = Kinds.Find(name)!;
        foreach (var field in kind.Descriptor.Fields.InFieldNumberOrder().Where(field => Spoilt(field) is not null))
        {
            var sample = SampleRecords.Of(kind);
            var path = Spoil(sample, field);

            var violations = kind.Check(sample, Rules.Context).ToList();

            Assert.Contains(path, violations.Select(violation => violation.Field));
            Assert.All(violations, violation =>
                Assert.DoesNotContain("Spoilt", violation.Description, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_required_field_that_is_cleared_is_named(string name)
    {
        var kind = Kinds.Find(name)!;
        Assert.All(RequiredFields.Of(kind.Descriptor), required =>
        {
            var sample = SampleRecords.Of(kind);
            kind.Descriptor.FindFieldByName(required).Accessor.Clear(sample);

            Assert.Contains(required, kind.Check(sample, Rules.Context).Select(violation => violation.Field));
        });
    }

    [Fact]
    public void The_table_of_required_fields_is_what_the_comments_say()
    {
        var messages = Kinds.All.SelectMany(kind => kind.Descriptor.File.MessageTypes)
            .DistinctBy(message => message.FullName).ToDictionary(message => message.FullName);

        Assert.All(RequiredFields.Messages, message =>
        {
            Assert.True(messages.ContainsKey(message), $"No kind has a message {message}.");
            Assert.All(RequiredFields.Of(messages[message]), field => Assert.Contains(
                "Required.", ContractText.Comment(messages[message].FindFieldByName(field)), StringComparison.Ordinal));
        });
    }

    [Fact]
    public void What_a_comment_of_a_plain_kind_calls_required_is_in_the_table()
    {
        var fields = Kinds.All.Where(IsPlain).SelectMany(kind => kind.Descriptor.File.MessageTypes)
            .SelectMany(message => message.Fields.InFieldNumberOrder())
            .Where(field => ContractText.Comment(field).Contains("Required.", StringComparison.Ordinal));

        Assert.All(fields, field => Assert.Contains(field.Name, RequiredFields.Of(field.ContainingType)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_field_refers_to_by_its_name_is_a_kind(string name)
    {
        if (Kinds.Find(name) is { } kind && IsPlain(kind))
        {
            var targets = NamedFields.Of(kind.Descriptor).References.Select(reference => reference.Kind);
            Assert.All(targets, target => Assert.True(
                target == IndexNames.Placement || Kinds.Find(target) is not null, $"{name} names no kind {target}."));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_personal_record_says_whom_it_is_about(string name)
    {
        var kind = Kinds.Find(name)!;
        var subjects = kind.Describe(Guid.CreateVersion7(), SampleRecords.Of(kind), new NoTokens()).SubjectIds;

        Assert.Equal(kind.IsPersonal, subjects.Count > 0);
        Assert.Equal(kind.NamesWorkers, subjects.Contains(Samples.Id));
    }

    private static bool IsPlain(RecordKind kind) =>
        kind.GetType().BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(PlainKind<>);

    private static object? Spoilt(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Int32 => -7,
        FieldType.Int64 => -7L,
        FieldType.String => NameRules.FormOf(field) switch
        {
            NamedForm.None => "Spoilt\uFFFD",
            NamedForm.PersonName => "Spoilt*",
            _ => "Spoilt!",
        },
        FieldType.Enum => 977,
        FieldType.Message when field.MessageType == Place.Descriptor =>
            new Place { Words = "Spoilt", DivisionCode = "53062" },
        FieldType.Message when field.MessageType == Google.Type.Date.Descriptor => Samples.Date(2026, 2, 30),
        _ => null,
    };

    private static string Spoil(IMessage sample, FieldDescriptor field)
    {
        var isPlace = field.FieldType == FieldType.Message && field.MessageType == Place.Descriptor;
        var path = field.IsRepeated ? field.Name + "[0]" : field.Name;
        if (field.IsRepeated)
        {
            var list = (System.Collections.IList)field.Accessor.GetValue(sample);
            list.Clear();
            list.Add(Spoilt(field));
        }
        else
        {
            field.Accessor.SetValue(sample, Spoilt(field));
        }

        return isPlace ? path + ".division_code" : path;
    }

    private sealed class NoTokens : IPersonTokens
    {
        public string Token(string normalisedIdNumber) => "token";
    }
}
