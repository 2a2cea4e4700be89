using System.Globalization;
using System.Reflection;
using Exchange.Node.Hosting;

namespace Exchange.Cli.Docs;

/// <summary>Prints <c>config.md</c> from the classes that the configuration is read into.</summary>
internal static class ConfigReference
{
    private const string Introduction =
        """
        A node reads `exchange.json` in its data directory, which `exchange init` writes with comments. Environment
        variables override it: `EXCHANGE_` and the path with two underscores between its parts, such as
        `EXCHANGE_Log__Level=Debug`. All mistakes are named at once, and a node with a mistake doesn't start. Times are
        written as `hh:mm:ss`. A change takes effect when the node is started again.
        """;

    // Sections in the order of the file that init writes; new ones follow by name.
    private static readonly string[] Order = ["Node", "Listen", "Store", "Log", "Sync"];

    public static string Write()
    {
        var comments = XmlComments.Of(typeof(NodeOptions).Assembly);
        var page = new Markdown("Configuration", Introduction);
        foreach (var (section, type) in Sections())
        {
            page.Heading(2, section).Block(comments.Summary(type));
            AddTable(page, comments, section, type);
        }

        return page.ToString();
    }

    private static IEnumerable<(string Name, Type Type)> Sections() =>
        typeof(NodeOptions).Assembly.GetTypes()
            .Select(type => (Name: SectionOf(type), type))
            .Where(section => section.Name is not null)
            .OrderBy(section => Array.IndexOf(Order, section.Name) is >= 0 and var place ? place : Order.Length)
            .ThenBy(section => section.Name, StringComparer.Ordinal)
            .Select(section => (section.Name!, section.type));

    private static string? SectionOf(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;

    private static void AddTable(Markdown page, XmlComments comments, string path, Type type)
    {
        var example = Activator.CreateInstance(type)!;
        var settings = type.GetProperties()
            .Where(property => property.CanWrite || property.PropertyType.IsGenericType)
            .ToList();
        page.Table(
            ["setting", "default", "meaning"],
            settings.Select(property => new[]
            {
                $"`{path}:{property.Name}`", Default(property.GetValue(example)), comments.Summary(property),
            }));
        foreach (var property in settings)
        {
            if (ElementOf(property) is { } element)
            {
                page.Block($"Each element of `{path}:{property.Name}`: {comments.Summary(element)}");
                AddTable(page, comments, $"{path}:{property.Name}:0", element);
            }
        }
    }

    /// <summary>The class of a list's elements; null for a plain setting.</summary>
    private static Type? ElementOf(PropertyInfo property) =>
        property.PropertyType is { IsGenericType: true } list
        && list.GetGenericArguments() is [{ IsClass: true } element]
        && element != typeof(string)
            ? element
            : null;

    private static string Default(object? value) => value switch
    {
        null or "" or System.Collections.ICollection { Count: 0 } => "",
        bool flag => flag ? "`true`" : "`false`",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        System.Collections.IEnumerable and not string => "",
        _ => $"`{value}`",
    };
}
