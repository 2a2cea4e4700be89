using Exchange.Node.Standards;

namespace Exchange.Node.Imports.Values;

/// <summary>The words that a column may hold and what each means; a null meaning stores nothing.</summary>
internal sealed class WordList
{
    private readonly Dictionary<string, object?> _meanings = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _problem;

    public WordList(IEnumerable<KeyValuePair<string, object?>> meanings)
    {
        var words = new List<string>();
        foreach (var (word, meaning) in meanings)
        {
            words.Add(word);
            _meanings.TryAdd(Normal(word), meaning);
        }

        _problem = $"It isn't one of the words that the profile knows: {string.Join(", ", words)}.";
    }

    /// <summary>Finds a word's meaning, whatever its script, width and case.</summary>
    public Parsed Read(string text) => _meanings.TryGetValue(Normal(text), out var meaning)
        ? new Parsed(meaning, null)
        : Parsed.Unreadable(_problem);

    /// <summary>The form in which words are compared.</summary>
    public static string Normal(string word) => ComparedText.Of(word);
}
