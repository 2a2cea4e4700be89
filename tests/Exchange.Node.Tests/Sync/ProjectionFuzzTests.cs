using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Holds the projector against its slow twin, on messages and rules that nobody thought of.</summary>
public sealed class ProjectionFuzzTests
{
    private static readonly MessageDescriptor[] Messages =
        [Worker.Descriptor, Household.Descriptor, Vacancy.Descriptor, PlacementEvent.Descriptor, Division.Descriptor];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_messages_under_random_rules_give_the_reference_view(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 1000; round++)
        {
            var descriptor = Messages[random.Next(Messages.Length)];
            var rules = RandomMessages.Rules(random, descriptor);
            var payload = RandomMessages.Message(random, descriptor).ToByteArray();

            var view = Project(FieldPlan.Compile(rules, descriptor), payload);

            var expected = ReferenceProjection.Apply(Parse(descriptor, payload), rules);
            Assert.True(
                expected.Equals(Parse(descriptor, view)),
                $"The views differ. Reproduce with seed {seed}, round {round}.");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Damaged_messages_give_an_error_or_a_view_without_unlisted_fields(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var descriptor = Messages[random.Next(Messages.Length)];
            var rules = RandomMessages.Rules(random, descriptor);
            var payload = Damage(random, RandomMessages.Message(random, descriptor).ToByteArray());
            try
            {
                var view = new WireScanner(Project(FieldPlan.Compile(rules, descriptor), payload));
                while (view.Next())
                {
                    var number = view.Number;
                    Assert.Contains(rules, rule => rule.Number == number);
                }
            }
            catch (InvalidDataException)
            {
                // The other permitted end; anything else fails the test with its seed below.
            }
            catch (Exception exception)
            {
                Assert.Fail($"{exception.GetType().Name}. Reproduce with seed {seed}, round {round}.");
            }
        }
    }

    private static byte[] Damage(Random random, byte[] payload)
    {
        for (var times = random.Next(1, 4); times > 0 && payload.Length > 0; times--)
        {
            payload[random.Next(payload.Length)] = (byte)random.Next(256);
        }

        return random.Next(3) == 0 ? payload[..random.Next(payload.Length + 1)] : payload;
    }

    private static byte[] Project(FieldPlan plan, byte[] payload)
    {
        var view = new byte[payload.Length];
        return view[..Projector.Project(plan, payload, view)];
    }

    private static IMessage Parse(MessageDescriptor descriptor, byte[] payload) => descriptor.Parser.ParseFrom(payload);
}
