using System.Reflection;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Cli.Docs;

/// <summary>The contract with its comments, as the build described it.</summary>
internal static class ContractDescription
{
    private const string Package = "exchange.v1";

    /// <summary>The files of the contract's own package, by name.</summary>
    public static IReadOnlyList<FileDescriptor> Files() =>
    [
        .. FileDescriptor.BuildFromByteStrings(Set().File.Select(file => file.ToByteString()))
            .Where(file => file.Package == Package)
            .OrderBy(file => file.Name, StringComparer.Ordinal),
    ];

    /// <summary>The reasons that errors name, with their comments.</summary>
    public static EnumDescriptor ErrorReasons() =>
        Files().SelectMany(file => file.EnumTypes).Single(type => type.Name == nameof(ErrorReason));

    private static FileDescriptorSet Set()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("contract.binpb")
            ?? throw new InvalidOperationException("The build didn't embed the contract.");
        return FileDescriptorSet.Parser.ParseFrom(stream);
    }
}
