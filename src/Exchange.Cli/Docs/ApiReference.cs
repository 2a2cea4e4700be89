using Exchange.Node.Access;
using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Cli.Docs;

/// <summary>Prints <c>api.md</c>: services, messages and enums with their comments.</summary>
internal static class ApiReference
{
    private const string Introduction =
        """
        The contract as `protos/exchange/v1` declares it: every service, message and enum. Errors are listed in
        [errors.md](errors.md). Numbers are what stands on the wire and never change their meaning.
        """;

    private const string Package = "exchange.v1.";

    public static string Write()
    {
        var page = new Markdown("API", Introduction);
        var files = ContractDescription.Files();
        page.Heading(2, "Services");
        foreach (var service in files.SelectMany(file => file.Services).OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            AddService(page, service);
        }

        page.Heading(2, "Messages and enums");
        foreach (var file in files)
        {
            AddTypes(page, file);
        }

        return page.ToString();
    }

    private static void AddService(Markdown page, ServiceDescriptor service)
    {
        page.Heading(3, service.Name).Block(Markdown.Comment(service));
        foreach (var method in service.Methods)
        {
            var request = (method.IsClientStreaming ? "stream " : "") + method.InputType.Name;
            var response = (method.IsServerStreaming ? "stream " : "") + method.OutputType.Name;
            page.Heading(4, $"{service.Name}.{method.Name}")
                .Code("proto", $"rpc {method.Name}({request}) returns ({response})")
                .Block($"Who may call it: {WhoMay(PermissionTable.Rows[PermissionTable.PathOf(method)])}")
                .Block(Markdown.Comment(method));
        }
    }

    /// <summary>Who may call an rpc, in words.</summary>
    public static string WhoMay(Permission permission) => permission switch
    {
        Permission.Open => "whoever reaches the port.",
        Permission.Known => "whoever has a credential.",
        Permission.Partner => "a partner's node.",
        _ => $"{string.Join(", ", RolePermissions.With(permission).Select(RolePermissions.NameOf))} "
            + $"(permission `{permission}`).",
    };

    private static void AddTypes(Markdown page, FileDescriptor file)
    {
        foreach (var message in file.MessageTypes)
        {
            page.Heading(3, message.Name)
                .Block(Markdown.Comment(message))
                .Table(["number", "field", "type", "meaning"], message.Fields.InFieldNumberOrder().Select(Row));
        }

        foreach (var type in file.EnumTypes.Where(type => type.Name != nameof(ErrorReason)))
        {
            page.Heading(3, type.Name)
                .Block(Markdown.Comment(type))
                .Table(["number", "value", "meaning"], type.Values.Select(Row));
        }
    }

    private static string[] Row(FieldDescriptor field) =>
        [$"{field.FieldNumber}", $"`{field.Name}`", $"`{TypeOf(field)}`", OneOf(field) + Markdown.Sentence(field)];

    private static string[] Row(EnumValueDescriptor value) =>
        [$"{value.Number}", $"`{value.Name}`", Markdown.Sentence(value)];

    private static string OneOf(FieldDescriptor field) =>
        field.RealContainingOneof is { } oneof ? $"(one of `{oneof.Name}`) " : "";

    private static string TypeOf(FieldDescriptor field)
    {
        var name = field.FieldType switch
        {
            FieldType.Message => Short(field.MessageType.FullName),
            FieldType.Enum => Short(field.EnumType.FullName),
            _ => field.FieldType.ToString().ToLowerInvariant(),
        };
        return field.IsRepeated ? "repeated " + name : name;
    }

    private static string Short(string name) =>
        name.StartsWith(Package, StringComparison.Ordinal) ? name[Package.Length..] : name;
}
