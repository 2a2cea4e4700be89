using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Exchange.Cli.Docs;

/// <summary>The doc comments of an assembly, from the file that the compiler writes beside it.</summary>
internal sealed partial class XmlComments
{
    private readonly Dictionary<string, XElement> _summaries;

    private XmlComments(Dictionary<string, XElement> summaries) => _summaries = summaries;

    /// <exception cref="FileNotFoundException">The program was published without its comments.</exception>
    public static XmlComments Of(Assembly assembly)
    {
        var file = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        return new XmlComments(XDocument.Load(file).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!));
    }

    public string Summary(Type type) => Text($"T:{type.FullName}");

    public string Summary(PropertyInfo property) => Text($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string Text(string member) => _summaries.TryGetValue(member, out var summary)
        ? Blank().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim()
        : throw new InvalidOperationException($"'{member}' has no doc comment; the reference is printed from it.");

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element => $"`{(element.Attribute("cref") ?? element.Attribute("name"))?.Value.Split('.')[^1]}`",
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
