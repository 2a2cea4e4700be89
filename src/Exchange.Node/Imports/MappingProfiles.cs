using System.Reflection;
using System.Text.Json;
using Exchange.Node.Imports.Mapping;

namespace Exchange.Node.Imports;

/// <summary>Finds mapping profiles: those that come with the program, and files.</summary>
internal static class MappingProfiles
{
    private const string Prefix = "Exchange.Node.Imports.Profiles.";
    private const string Suffix = ".json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    private static readonly Assembly Home = typeof(MappingProfiles).Assembly;

    /// <summary>The names of the profiles that come with the program, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Home.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Loads a profile by the name of one that comes with the program, or by the path of a file.</summary>
    /// <exception cref="ProfileException">There is no such profile, or something is wrong with it; everything is
    /// listed.</exception>
    public static MappingProfile Load(string nameOrPath)
    {
        if (Names.Contains(nameOrPath))
        {
            return Parse(Text(nameOrPath), nameOrPath);
        }

        if (!File.Exists(nameOrPath))
        {
            var known = string.Join(", ", Names);
            throw new ProfileException(
                nameOrPath, [$"It is neither a file nor one of the profiles that come with the program: {known}."]);
        }

        return Parse(File.ReadAllText(nameOrPath), nameOrPath);
    }

    /// <summary>The text of a profile that comes with the program, as a start for one's own.</summary>
    public static string Text(string name)
    {
        using var stream = Home.GetManifestResourceStream(Prefix + name + Suffix)
            ?? throw new ArgumentException($"There is no profile '{name}'.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Reads a profile from its JSON text.</summary>
    /// <exception cref="ProfileException">Something is wrong with it; everything is listed.</exception>
    internal static MappingProfile Parse(string json, string origin)
    {
        try
        {
            return ProfileCompiler.Compile(JsonSerializer.Deserialize<ProfileFile>(json, Options)
                ?? throw new ProfileException(origin, ["The file holds no profile."]));
        }
        catch (JsonException exception)
        {
            throw new ProfileException(origin, [$"It isn't the JSON of a profile: {exception.Message}"]);
        }
    }
}
