using Exchange.Node.Generate;
using Exchange.Node.Tests.Imports;
using Xunit;

namespace Exchange.Node.Tests.Generate;

/// <summary>Measures the memory of the whole process, so nothing else runs meanwhile.</summary>
[Collection(CsvMemoryTests.Alone)]
public sealed class GeneratorMemoryTests
{
    [Fact]
    public void Memory_stays_flat_however_many_workers_are_made()
    {
        var generator = new RecordGenerator(new GeneratorOptions { Workers = 3_000_000 });
        var first = generator.SendingSide().First();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // The workers follow the households; both are streamed alike.
        var count = 0;
        var most = 0L;
        foreach (var member in generator.Population.Workers().Take(200_000))
        {
            if (++count % 50_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(200_000, count);
        Assert.Equal("household", first.Kind);
        // Kept whole, the rows would take hundreds of megabytes; what other tests leave behind takes a few.
        Assert.InRange(most, long.MinValue, 32 << 20);
    }
}
