using System.Collections;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Tests.Attacks;

/// <summary>
/// The words that an attacker puts into texts: some that the node knows, so that requests get far, and some that have
/// broken other programs. What the node answers to first questions is added: ids, tokens, etags.
/// </summary>
internal sealed class AttackWords
{
    /// <summary>Whom the attacker shows the certificate of; not among the words, or it would soon be unpinned.</summary>
    public const string Partner = "zhaotong";

    private const int MostOfOneField = 40;

    private static readonly string[] Kinds = [.. new RecordKinds().All.Select(kind => kind.Name), "horse", ""];

    private static readonly string[] Nodes = ["dongguan", "bijie", "nobody", "DONGGUAN", ""];

    private static readonly string[] Any =
    [
        "", " ", "a", "王小明", "𠮷", "\0", "e\u0301", "*", "%", "%00", "{0}", "${jndi:ldap://x}", "' OR 1=1 --", "a,b\r\nc",
        "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/dev/zero", "C:\\", "file:///etc/passwd", "=1+1|' /C calc'!A0",
        "<script>", "-1", "0", "9999999999999999999999", "NaN", "1e999", "true", "null", "2026-02-30", "0000-00-00", "530627",
        "4419", "000000", "11010519491231002X", "13812345678", "https://example.org/", "019a0000-0000-7000-8000-0000000000aa",
        "00000000-0000-0000-0000-000000000000", "not-a-guid", "dongguan-hr", "daily", "AAAA", "!!!!", "\u202e", "\ufffe",
        "calls about an offer", "CNY", "CSCO-2022", "status", "record.payload", new string('x', 300), new string('王', 70),
    ];

    private readonly SortedDictionary<string, List<string>> _learnt = new(StringComparer.Ordinal);

    /// <summary>A text for a field.</summary>
    public string For(FieldDescriptor field, Random random)
    {
        if (random.Next(4) == 0)
        {
            return Of(random, Any);
        }

        if (_learnt.TryGetValue(Key(field.Name), out var learnt) && random.Next(3) > 0)
        {
            return learnt[random.Next(learnt.Count)];
        }

        return field.Name switch
        {
            "kind" or "kinds" => Of(random, Kinds),
            "peer" or "node" => Of(random, Nodes),
            var name when name.EndsWith("_node", StringComparison.Ordinal) => Of(random, Nodes),
            var name when name.EndsWith("id", StringComparison.Ordinal) =>
                new Guid(random.Next(), 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1).ToString(),
            _ => Of(random, Any),
        };
    }

    /// <summary>Keeps the texts of an answer.</summary>
    public void Learn(IMessage answer)
    {
        foreach (var field in answer.Descriptor.Fields.InFieldNumberOrder().Where(field => !field.IsMap))
        {
            var value = field.Accessor.GetValue(answer);
            foreach (var item in field.IsRepeated ? (IEnumerable)value : new[] { value })
            {
                if (item is IMessage message)
                {
                    Learn(message);
                }
                else if (item is string { Length: > 0 and < 2000 } text && text != Partner)
                {
                    Keep(Key(field.Name), text);
                }
            }
        }
    }

    /// <summary>The type that an Any says to hold.</summary>
    public static MessageDescriptor PayloadType(Random random)
    {
        var kinds = new RecordKinds().All;
        return random.Next(20) == 0 ? AgreementReflection.Descriptor.MessageTypes[0] : kinds[random.Next(kinds.Count)].Descriptor;
    }

    private void Keep(string name, string text)
    {
        if (!_learnt.TryGetValue(name, out var texts))
        {
            _learnt[name] = texts = [];
        }

        if (texts.Count < MostOfOneField && !texts.Contains(text))
        {
            texts.Add(text);
        }
    }

    // What one rpc answers as next_page_token is another's page_token, and an id is asked for by names of many kinds.
    private static string Key(string name) =>
        name.EndsWith("token", StringComparison.Ordinal) ? "token"
        : name.EndsWith("id", StringComparison.Ordinal) || name.EndsWith("ids", StringComparison.Ordinal) ? "id"
        : name;

    private static string Of(Random random, string[] words) => words[random.Next(words.Length)];
}
