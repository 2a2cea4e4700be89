using System.Collections;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Tests.Sync;

/// <summary>Makes messages of any type, and rules for them, from a seed.</summary>
internal static class RandomMessages
{
    private const string Characters = "王小明𠮷a1X9 \0鞋-";

    public static IMessage Message(Random random, MessageDescriptor descriptor)
    {
        var message = descriptor.Parser.ParseFrom([]);
        foreach (var field in descriptor.Fields.InFieldNumberOrder().Where(_ => random.Next(3) > 0))
        {
            if (!field.IsRepeated)
            {
                field.Accessor.SetValue(message, Value(random, field));
                continue;
            }

            var list = (IList)field.Accessor.GetValue(message);
            for (var count = random.Next(4); count > 0; count--)
            {
                list.Add(Value(random, field));
            }
        }

        return message;
    }

    public static List<FieldRule> Rules(Random random, MessageDescriptor descriptor)
    {
        var rules = new List<FieldRule>();
        foreach (var field in descriptor.Fields.InFieldNumberOrder().Where(_ => random.Next(2) > 0))
        {
            var rule = new FieldRule { Number = (uint)field.FieldNumber };
            if (field.FieldType == FieldType.Message)
            {
                rule.Fields.AddRange(Rules(random, field.MessageType));
            }
            else if (field is { FieldType: FieldType.String, IsRepeated: false } && random.Next(2) > 0)
            {
                rule.Mask = (Mask)random.Next(1, 4);
            }

            rules.Add(rule);
        }

        return rules;
    }

    private static object Value(Random random, FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Message(random, field.MessageType),
        FieldType.String => Text(random),
        FieldType.Bool => random.Next(2) > 0,
        FieldType.Int32 => random.Next(int.MinValue, int.MaxValue),
        FieldType.Int64 => random.NextInt64(long.MinValue, long.MaxValue),
        FieldType.Enum => random.Next(-1, 300),
        _ => throw new NotSupportedException($"Say how to make a {field.FieldType}."),
    };

    // Whole characters only: half of a surrogate pair would be another text once it is encoded.
    private static string Text(Random random)
    {
        var runes = Characters.EnumerateRunes().ToArray();
        var length = random.Next(random.Next(10) == 0 ? 200 : 20);
        return string.Concat(Enumerable.Range(0, length).Select(_ => runes[random.Next(runes.Length)].ToString()));
    }
}
