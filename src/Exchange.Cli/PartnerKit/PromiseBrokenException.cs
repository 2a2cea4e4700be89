namespace Exchange.Cli.PartnerKit;

/// <summary>A partner did something else than it promises.</summary>
/// <param name="came">What came of it.</param>
internal sealed class PromiseBrokenException(string came) : Exception(came);

/// <summary>A promise couldn't be looked at.</summary>
/// <param name="why">Why not.</param>
internal sealed class PromiseUntestedException(string why) : Exception(why);
