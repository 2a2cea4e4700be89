using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Records;

/// <summary>What the comments of the contract call required is what the rules ask for, and nothing else.</summary>
public sealed class RequiredFieldsTests
{
    public static TheoryData<string> Kinds() => [.. new RecordKinds().All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_fields_that_an_empty_record_lacks_are_those_whose_comments_say_required(string kind)
    {
        var known = new RecordKinds().Find(kind)!;

        var lacking = known.Check(known.Parse(ByteString.Empty), Rules.Context)
            .Select(violation => violation.Field).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(Required(known.Descriptor).Order(StringComparer.Ordinal), lacking);
    }

    [Fact]
    public void The_messages_within_say_what_they_need_too()
    {
        var worker = new Worker { Name = "张三", RegisteredPlace = new Place() };
        worker.CardStatusHistory.Add(new CardStatusEntry());
        var household = new Household { HeadName = "张三", Relocation = new Relocation() };
        var vacancy = Samples.Vacancy();
        vacancy.ReservedPosts.Clear();
        vacancy.ReservedPosts.Add(new ReservedPosts());

        Assert.Equal(Within("card_status_history[0]", CardStatusEntry.Descriptor)
            .Concat(Within("registered_place", Place.Descriptor)), Lacking(worker));
        Assert.Equal(Within("relocation", Relocation.Descriptor), Lacking(household));
        Assert.Equal(Within("reserved_posts[0]", ReservedPosts.Descriptor), Lacking(vacancy));
    }

    [Fact]
    public void The_state_that_a_comment_names_is_the_one_that_the_event_makes()
    {
        var types = PlacementEvent.Descriptor.FindFieldByNumber(PlacementEvent.TypeFieldNumber).EnumType;
        var states = Placement.Descriptor.FindFieldByNumber(Placement.StateFieldNumber).EnumType;

        Assert.All(types.Values.Where(value => value.Number != 0), value =>
        {
            var made = PlacementStanding.States.TryGetValue((PlacementEventType)value.Number, out var state)
                ? states.FindValueByNumber((int)state).Name["PLACEMENT_STATE_".Length..]
                : "none";
            var comment = ContractText.Comment(types.File, "enum PlacementEventType {", $"{value.Name} = {value.Number};");
            Assert.EndsWith($"State: {made}.", comment, StringComparison.Ordinal);
        });
    }

    private static IEnumerable<string> Lacking(IMessage payload) =>
        Rules.Of(payload).Select(violation => violation.Field).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Within(string path, MessageDescriptor message) =>
        Required(message).Select(name => $"{path}.{name}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Required(MessageDescriptor message) =>
        message.Fields.InDeclarationOrder()
            .Where(field => ContractText.Comment(field).Contains("Required.", StringComparison.Ordinal))
            .Select(field => field.Name);
}
