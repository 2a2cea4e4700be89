using Exchange.V1;

namespace Exchange.Cli.Bundles;

/// <summary>What a bundle says of itself; the JSON of <c>exchange bundle export</c> and <c>show</c>.</summary>
/// <param name="File">Its file.</param>
/// <param name="Bytes">The file's length.</param>
/// <param name="Kind"><c>data</c> or <c>answer</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Number">
/// Counts the bundles from this sender to this recipient; for an answer, that of the bundle.
/// </param>
/// <param name="Sender">Who made it.</param>
/// <param name="Recipient">Whom it is encrypted to.</param>
/// <param name="Agreement">The agreement with its version: <c>zhaotong-dongguan:1</c>.</param>
/// <param name="Made">When it was made, by the sender's clock.</param>
internal sealed record BundleReport(
    string File,
    long Bytes,
    string Kind,
    string Id,
    ulong Number,
    string Sender,
    string Recipient,
    string Agreement,
    DateTimeOffset? Made)
{
    /// <summary>The epoch of the sender's feed.</summary>
    public string Epoch { get; init; } = "";

    /// <summary>Where it begins in the sender's feed.</summary>
    public ulong From { get; init; }

    /// <summary>Where it ends there.</summary>
    public ulong To { get; init; }

    public ulong Batches { get; init; }

    public ulong Changes { get; init; }

    /// <summary>The bundle that it answers; null for one that answers none.</summary>
    public string? Answers { get; init; }

    /// <summary>The fingerprint of the key that it is signed with; null when it wasn't looked at.</summary>
    public string? Fingerprint { get; init; }

    public static BundleReport Of(string file, long bytes, BundleHeader header, BundleFooter footer) => new(
        file,
        bytes,
        header.Kind == BundleKind.Answer ? "answer" : "data",
        header.Id,
        header.Number,
        header.Sender,
        header.Recipient,
        $"{header.AgreementId}:{header.AgreementVersion}",
        header.MadeTime?.ToDateTimeOffset())
    {
        Epoch = header.Epoch,
        From = header.From?.Position ?? 0,
        To = footer.To?.Position ?? 0,
        Batches = footer.Batches,
        Changes = footer.Changes,
        Answers = header.Answers.Length == 0 ? null : header.Answers,
    };

    public IEnumerable<string> Lines()
    {
        var what = Answers is null ? $"bundle {Number}" : $"the answer to bundle {Number}";
        yield return $"{File} is {what} from {Sender} to {Recipient} under {Agreement}, made {Made:u}; {Bytes:N0} "
            + "bytes.";
        if (Answers is null)
        {
            yield return $"It goes from position {From:N0} to {To:N0} of the feed of {Sender}: {Changes:N0} changes in "
                + $"{Batches:N0} batches.";
        }

        yield return $"It is whole, and unchanged since it was signed with the key {Fingerprint}.";
    }
}
