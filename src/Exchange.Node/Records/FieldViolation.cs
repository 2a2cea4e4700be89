namespace Exchange.Node.Records;

/// <summary>One field that can't be accepted as it is.</summary>
/// <param name="Field">
/// Its path in proto names, such as <c>pay.min_minor</c> or <c>skills[1].occupation.words</c>.
/// </param>
/// <param name="Description">What is wrong and what to do. Never holds the value of a personal field.</param>
internal sealed record FieldViolation(string Field, string Description);
