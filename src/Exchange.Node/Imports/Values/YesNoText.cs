namespace Exchange.Node.Imports.Values;

/// <summary>Reads answers of yes or no as true or false.</summary>
internal static class YesNoText
{
    private static readonly string[] DefaultYes = ["是", "有", "Y", "Yes"];
    private static readonly string[] DefaultNo = ["否", "无", "N", "No"];

    /// <summary>The words that are read where a profile names none.</summary>
    public static WordList Default { get; } = Of([], []);

    /// <summary>A list of words of one's own; an empty half keeps the default words.</summary>
    public static WordList Of(IReadOnlyList<string> yes, IReadOnlyList<string> no) => new([
        .. (yes.Count > 0 ? yes : DefaultYes).Select(word => KeyValuePair.Create(word, (object?)true)),
        .. (no.Count > 0 ? no : DefaultNo).Select(word => KeyValuePair.Create(word, (object?)false)),
    ]);
}
