using System.Globalization;
using Xunit.Abstractions;

namespace Exchange.EndToEnd.Tests;

/// <summary>Chance that can be repeated: EXCHANGE_E2E_SEED repeats the moments of a run.</summary>
internal static class Seed
{
    /// <summary>Begins a run, and tells its seed to whoever reads the test's output.</summary>
    public static Random Begin(ITestOutputHelper output)
    {
        var seed = int.TryParse(
            Environment.GetEnvironmentVariable("EXCHANGE_E2E_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Environment.TickCount;
        output.WriteLine($"EXCHANGE_E2E_SEED={seed}");
        return new Random(seed);
    }
}
