using Exchange.Cli.Agreements;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>A credential; in the JSON of <c>exchange access</c>.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Roles">What it is for.</param>
/// <param name="Divisions">The divisions that it reaches; empty for everywhere.</param>
/// <param name="Kinds">The kinds that it reaches; empty for all.</param>
/// <param name="Sources">What a publisher may publish under; empty for its own name.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends by itself.</param>
/// <param name="Revoked">When it was revoked, or null.</param>
/// <param name="LastUsed">The last day on which it was shown; empty for never.</param>
/// <param name="KeyFingerprint">The fingerprint of a client certificate's key in hex; empty for a token.</param>
internal sealed record CredentialReport(
    string Name,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Divisions,
    IReadOnlyList<string> Kinds,
    IReadOnlyList<string> Sources,
    DateTimeOffset Created,
    DateTimeOffset Expires,
    DateTimeOffset? Revoked,
    string LastUsed,
    string KeyFingerprint)
{
    public static CredentialReport From(Credential told) => new(
        told.Name,
        [.. told.Roles.Select(role => Names.Lower(role.ToString()))],
        [.. told.DivisionCodes],
        [.. told.Kinds],
        [.. told.Sources],
        told.CreateTime.ToDateTimeOffset(),
        told.ExpireTime.ToDateTimeOffset(),
        told.RevokeTime?.ToDateTimeOffset(),
        DayOption.Text(told.LastUsedDate),
        Convert.ToHexStringLower(told.KeyFingerprint.Span));

    /// <summary>The credential on a line.</summary>
    public string Line()
    {
        var reach = string.Concat(
            Part("divisions", Divisions), Part("kinds", Kinds), Part("sources", Sources));
        var end = Revoked is { } revoked ? $"revoked {revoked:u}" : $"until {Expires:u}";
        var used = LastUsed.Length == 0 ? "never used" : $"last used {LastUsed}";
        return $"{Name}: {string.Join(", ", Roles)}{reach}; {end}; {used}";
    }

    private static string Part(string name, IReadOnlyList<string> values) =>
        values.Count == 0 ? "" : $"; {name} {string.Join(", ", values)}";
}
