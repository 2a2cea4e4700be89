using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>
/// A test of real processes that CI leaves out to stay within its time, because tests within one process cover the same
/// promise. The README's test command runs it everywhere else.
/// </summary>
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
        {
            Skip = "left out in CI, which has 15 minutes; without CI=true the same command runs it";
        }
    }
}
