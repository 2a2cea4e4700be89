using System.Buffers;
using System.Text;

namespace Exchange.EndToEnd.Tests;

/// <summary>Names and numbers that must be nowhere, and the search for them in bytes of any kind.</summary>
internal sealed class Canaries
{
    private readonly SearchValues<string> _patterns;

    private Canaries(IReadOnlyList<string> ids, IReadOnlyList<string> texts)
    {
        (Ids, Count) = (ids, texts.Count);
        _patterns = SearchValues.Create([.. texts.SelectMany(Patterns).Distinct()], StringComparison.Ordinal);
    }

    /// <summary>The ID numbers among them.</summary>
    public IReadOnlyList<string> Ids { get; }

    public int Count { get; }

    /// <summary>Those of a file that <c>exchange generate</c> wrote.</summary>
    public static Canaries Of(string[] lines)
    {
        var header = lines[0].TrimStart('\uFEFF').Split(',').ToList();
        List<string> Column(string name) =>
            [.. lines.Skip(1).Select(line => line.Split(',')[header.IndexOf(name)]).Where(cell => cell.Length > 0).Distinct()];

        var ids = Column("身份证号");
        return new Canaries(ids, [.. ids, .. Column("姓名"), .. Column("电话")]);
    }

    /// <summary>The bytes around the first one that is found; null when there is none.</summary>
    public string? Find(byte[] bytes)
    {
        // One character for each byte, whatever they mean.
        var text = Encoding.Latin1.GetString(bytes);
        var at = text.AsSpan().IndexOfAny(_patterns);
        var from = Math.Max(0, at - 60);
        return at < 0 ? null : Encoding.UTF8.GetString(bytes, from, Math.Min(160, bytes.Length - from));
    }

    // A number is also looked for in UTF-16 and base64; a name is too short there to be told from chance.
    private static IEnumerable<string> Patterns(string canary)
    {
        var bytes = Encoding.UTF8.GetBytes(canary);
        yield return Encoding.Latin1.GetString(bytes);
        if (!char.IsAsciiDigit(canary[0]))
        {
            yield break;
        }

        yield return Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(canary));
        for (var before = 0; before < 3; before++)
        {
            // Characters at the edges also depend on what stands beside.
            var first = (before * 8 + 5) / 6;
            var whole = (before + bytes.Length) * 8 / 6;
            yield return Convert.ToBase64String([.. new byte[before], .. bytes])[first..whole];
        }
    }
}
