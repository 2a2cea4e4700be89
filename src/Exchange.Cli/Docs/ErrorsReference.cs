using Google.Protobuf.Reflection;

namespace Exchange.Cli.Docs;

/// <summary>Prints <c>errors.md</c>: every reason with its status, what to do, and what exactly arrives.</summary>
internal static class ErrorsReference
{
    private const string ExampleMark = "Example of the ErrorInfo:";
    private const string Indent = "    ";

    public static string Write()
    {
        var reasons = ContractDescription.ErrorReasons();
        var page = new Markdown("Errors", Markdown.Comment(reasons));
        page.Block("The program `exchange` turns them into [exit codes](cli.md#exit-codes).");
        foreach (var reason in reasons.Values.Where(value => value.Number != 0))
        {
            Add(page, reason);
        }

        return page.ToString();
    }

    private static void Add(Markdown page, EnumValueDescriptor reason)
    {
        var comment = Markdown.Comment(reason);
        var mark = comment.IndexOf(ExampleMark, StringComparison.Ordinal);
        page.Heading(2, reason.Name).Block(mark < 0 ? comment : comment[..mark]);
        if (mark >= 0)
        {
            var example = comment[(mark + ExampleMark.Length)..].Trim('\n').Split('\n')
                .Select(line => line.StartsWith(Indent, StringComparison.Ordinal) ? line[Indent.Length..] : line);
            page.Code("json", string.Join('\n', example));
        }
    }
}
