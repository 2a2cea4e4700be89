using Exchange.V1;

namespace Exchange.Cli.Bundles;

/// <summary>What became of a bundle; the JSON of <c>exchange bundle import</c>.</summary>
/// <param name="File">The bundle's file.</param>
/// <param name="Kind"><c>data</c> or <c>answer</c>.</param>
/// <param name="Number">The bundle's number; for an answer, that of the bundle that it answers.</param>
/// <param name="Sender">Who made it.</param>
/// <param name="Outcome"><c>applied</c>, <c>nothingChanged</c> or <c>confirmed</c>.</param>
internal sealed record BundleImportReport(
    string File, string Kind, ulong Number, string Sender, BundleOutcome Outcome)
{
    /// <summary>Changes that were applied.</summary>
    public ulong Applied { get; init; }

    /// <summary>Changes that were skipped, because the same or something newer was here.</summary>
    public ulong Skipped { get; init; }

    /// <summary>Changes that weren't applied and wait.</summary>
    public ulong Quarantined { get; init; }

    /// <summary>How far the giver's feed is applied at the taker now.</summary>
    public ulong Position { get; init; }

    /// <summary>Whether both hold the same; null when that wasn't compared.</summary>
    public bool? DigestsMatch { get; init; }

    /// <summary>For an answer: what the partner has put aside.</summary>
    public ulong PutAside { get; init; }

    /// <summary>Where the answer was written; null when it wasn't.</summary>
    public string? Answer { get; init; }

    public static BundleImportReport Of(string file, string? answer, ImportBundleResponse done) => new(
        file,
        done.Header.Kind == BundleKind.Answer ? "answer" : "data",
        done.Header.Number,
        done.Header.Sender,
        done.Outcome)
    {
        Applied = done.AppliedCount,
        Skipped = done.SkippedCount,
        Quarantined = done.QuarantinedCount,
        Position = done.Applied?.Position ?? 0,
        DigestsMatch = done.Comparison == BundleComparison.Unspecified
            ? null
            : done.Comparison == BundleComparison.Same,
        PutAside = done.PutAsideCount,
        Answer = answer,
    };

    public IEnumerable<string> Lines()
    {
        var compared = DigestsMatch switch { null => "", true => "; digests agree", false => "; digests differ" };
        if (Kind == "answer")
        {
            yield return Outcome == BundleOutcome.Confirmed
                ? $"{Sender} has applied what bundle {Number} brought, {PutAside:N0} of it put aside{compared}."
                : $"The answer to bundle {Number} says nothing that isn't known. Nothing changed.";
            yield break;
        }

        yield return Outcome == BundleOutcome.Applied
            ? $"Bundle {Number} of {Sender}: {Applied:N0} changes applied, {Skipped:N0} skipped, {Quarantined:N0} "
                + $"quarantined{compared}."
            : $"Everything in bundle {Number} of {Sender} was here already: {Skipped:N0} changes skipped. Nothing "
                + "changed.";
        yield return Answer is null
            ? $"If {Sender} wasn't told so yet: import it once more with --answer, or sync."
            : $"{Answer} is the answer. Carry it to {Sender} and import it there.";
    }
}
