namespace Exchange.Node.Tests.Attacks;

/// <summary>What came of one request.</summary>
/// <param name="Status">Such as <c>OK</c> or <c>INVALID_ARGUMENT</c>.</param>
/// <param name="Fault">What a caller should never have seen; null when nothing is wrong with the answer.</param>
internal sealed record AttackAnswer(string Status, string? Fault = null);
