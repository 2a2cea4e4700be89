namespace Exchange.Cli.PartnerKit;

/// <summary>One promise of a partner, and how it is looked at.</summary>
/// <param name="Id">Its name in reports: <c>resume.durable</c>.</param>
/// <param name="Says">The promise.</param>
/// <param name="Section">The section of docs/partners/sync.md that describes it.</param>
/// <param name="Sent">What the test node sends.</param>
/// <param name="Expected">What must come of it.</param>
/// <param name="KeptAsync">
/// Looks; returns what came. Throws <see cref="PromiseBrokenException"/> or <see cref="PromiseUntestedException"/>.
/// </param>
internal sealed record Promise(
    string Id, string Says, string Section, string Sent, string Expected, Func<KitRun, Task<string>> KeptAsync);

/// <summary>How it stands with a promise.</summary>
internal enum Verdict
{
    /// <summary>It is kept.</summary>
    Kept,

    /// <summary>It isn't.</summary>
    Broken,

    /// <summary>It couldn't be looked at.</summary>
    Untested,
}

/// <summary>What was found about one promise.</summary>
/// <param name="Id">The promise.</param>
/// <param name="Promise">What it says.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Sent">What was sent.</param>
/// <param name="Expected">What must come.</param>
/// <param name="Came">What came.</param>
/// <param name="Read">Where it is described.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record PromiseReport(
    string Id, string Promise, Verdict Verdict, string Sent, string Expected, string Came, string Read, double Seconds);
