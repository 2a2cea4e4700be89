using Exchange.Node.Disclosures;
using Exchange.Node.Sync;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Disclosures;

/// <summary>The names of what a projection carries are those of the plan that makes the views.</summary>
public sealed class DisclosedFieldsTests
{
    [Fact]
    public void Fields_are_named_by_number_and_those_of_messages_by_their_path()
    {
        FieldRule[] rules =
        [
            new() { Number = Worker.PhoneFieldNumber, Mask = Mask.Phone },
            new()
            {
                Number = Worker.SchoolingFieldNumber,
                Fields = { new FieldRule { Number = Schooling.BandFieldNumber } },
            },
            new() { Number = Worker.SexFieldNumber },
        ];

        Assert.Equal(["sex", "phone", "schooling.band"], Paths(rules));
    }

    [Fact]
    public void What_the_projector_drops_is_not_told_as_shown()
    {
        FieldRule[] rules =
        [
            new() { Number = Worker.BirthDateFieldNumber },
            new() { Number = Worker.SexFieldNumber, Mask = Mask.Name },
            new() { Number = Worker.NameFieldNumber, Mask = (Mask)99 },
        ];

        Assert.Empty(Paths(rules));
    }

    [Fact]
    public void A_field_that_this_version_does_not_know_is_told_by_its_number()
    {
        FieldRule[] rules =
        [
            new() { Number = 4711, Fields = { new FieldRule { Number = 300 }, new FieldRule { Number = 2 } } },
            new() { Number = 4000, Mask = Mask.Name },
        ];

        Assert.Equal(["4000", "4711.2", "4711.300"], Paths(rules));
    }

    [Fact]
    public void A_mask_is_told()
    {
        FieldRule[] rules = [new() { Number = Worker.NameFieldNumber, Mask = Mask.Name }];

        var field = Assert.Single(DisclosedFields.Of(FieldPlan.Compile(rules, Worker.Descriptor), Worker.Descriptor));

        Assert.Equal(("name", Mask.Name), (field.Path, field.Mask));
    }

    private static IEnumerable<string> Paths(FieldRule[] rules) =>
        DisclosedFields.Of(FieldPlan.Compile(rules, Worker.Descriptor), Worker.Descriptor).Select(field => field.Path);
}
