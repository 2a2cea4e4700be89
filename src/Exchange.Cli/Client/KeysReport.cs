using System.Globalization;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>The JSON of <c>exchange keys status</c>.</summary>
/// <param name="Masters">Versions of the master key, the newest last.</param>
/// <param name="Destroyed">How many times a person's keys were destroyed.</param>
/// <param name="Rotation">The last rotation; null when there never was one.</param>
internal sealed record KeysReport(IReadOnlyList<MasterReport> Masters, ulong Destroyed, RotationReport? Rotation)
{
    public static KeysReport From(GetKeyStatusResponse status) => new(
        [.. status.Masters.Select(master => new MasterReport(
            master.Version, master.Suite, master.CreatedTime.ToDateTimeOffset()))],
        status.DestroyedCount,
        status.Rotation is null ? null : RotationReport.From(status.Rotation));

    /// <summary>One line on a rotation.</summary>
    public static string Line(KeyRotation rotation) => string.Create(
        CultureInfo.InvariantCulture,
        $"master key {rotation.MasterVersion}: {Words(rotation.Step)}; {rotation.WrappedCount:N0} wrapped anew, "
        + $"{rotation.RenewedCount:N0} renewed, {rotation.SealedCount:N0} payloads sealed anew");

    /// <summary>The report for people.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var master in Masters)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"master key {master.Version} ({master.Suite}) of {master.Created:u}");
        }

        yield return string.Create(
            CultureInfo.InvariantCulture, $"{Destroyed:N0} times a person's keys were destroyed");
        if (Rotation is not null)
        {
            yield return Rotation.Words;
        }
    }

    /// <summary>What a step is called.</summary>
    public static string Words(KeyRotationStep step) => step switch
    {
        KeyRotationStep.Wrap => "wrapping the persons' keys",
        KeyRotationStep.Renew => "making new keys for persons",
        KeyRotationStep.Records => "sealing records anew",
        KeyRotationStep.Entries => "sealing what lies beside the records anew",
        KeyRotationStep.Done => "done",
        _ => "a step of a later version",
    };
}

/// <summary>A version of the master key.</summary>
/// <param name="Version">Counts from 1.</param>
/// <param name="Suite">How it wraps.</param>
/// <param name="Created">When it was made.</param>
internal sealed record MasterReport(uint Version, string Suite, DateTimeOffset Created);

/// <summary>How far a rotation is.</summary>
internal sealed record RotationReport
{
    public required uint Master { get; init; }

    public required string Step { get; init; }

    public required bool WithPayloads { get; init; }

    public required ulong Wrapped { get; init; }

    public required ulong Renewed { get; init; }

    public required ulong Sealed { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Null while it isn't over.</summary>
    public required DateTimeOffset? Ended { get; init; }

    /// <summary>The same for people.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Words { get; init; } = "";

    public static RotationReport From(KeyRotation rotation) => new()
    {
        Master = rotation.MasterVersion,
        Step = rotation.Step.ToString().ToLowerInvariant(),
        WithPayloads = rotation.WithPayloads,
        Wrapped = rotation.WrappedCount,
        Renewed = rotation.RenewedCount,
        Sealed = rotation.SealedCount,
        Started = rotation.StartTime.ToDateTimeOffset(),
        Ended = rotation.EndTime?.ToDateTimeOffset(),
        Words = KeysReport.Line(rotation),
    };
}
