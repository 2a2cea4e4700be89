using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>The running sums are those of the records, whatever was done in whatever order.</summary>
public sealed class DigestPropertyTests : FlowTests
{
    [Fact]
    public void The_order_of_additions_and_subtractions_doesnt_matter()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var held = new DigestSums();
            var moves = new List<(int Bucket, UInt128 Item, bool IsAdded)>();
            for (var i = 0; i < 200; i++)
            {
                var (bucket, item) = (random.Next(DigestItem.BucketCount), Any(random));
                moves.Add((bucket, item, true));
                if (random.Next(3) == 0)
                {
                    moves.Add((bucket, item, false));
                }
                else
                {
                    held.Add(bucket, item);
                }
            }

            var sums = new DigestSums();
            foreach (var (bucket, item, isAdded) in moves.OrderBy(_ => random.Next()))
            {
                if (isAdded)
                {
                    sums.Add(bucket, item);
                }
                else
                {
                    sums.Subtract(bucket, item);
                }
            }

            Assert.True(held.IsSameAs(sums), $"Seed {seed}");
            Assert.Equal(held.ToDigest(withBuckets: true), sums.ToDigest(withBuckets: true));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Running_sums_are_those_of_a_count_after_random_work(int seed)
    {
        var random = new Random(seed);
        var vacancies = new List<RecordKey>();
        var workers = new List<RecordKey>();
        for (var step = 0; step < 120; step++)
        {
            await StepAsync(random, vacancies, workers);
            if (random.Next(10) == 0)
            {
                await PassAsync(Region, City);
                await PassAsync(City, Region);
            }
        }

        await PassAsync(Region, City);
        await PassAsync(City, Region);
        await AssertCountedAsync(Region, City);
        await AssertCountedAsync(City, Region);
    }

    // Without comparing the two: one of them also takes what the other never gave.
    private Task<List<SyncBatch>> PassAsync(FlowNode giver, FlowNode taker) => FlowPass.RunAsync(
        giver, giver.Flows(Agreement).Source(taker.Id), taker.Flows(Agreement).Sink(giver.Id));

    private async Task StepAsync(Random random, List<RecordKey> vacancies, List<RecordKey> workers)
    {
        switch (random.Next(6))
        {
            case 0:
                workers.Add(await Region.PutAsync(People.Worker(workers.Count), FlowNode.Duty));
                break;
            case 1 when workers.Count > 0:
                await Region.ReferAsync(workers[random.Next(workers.Count)], City.Id);
                break;
            case 2 when vacancies.Count > 0:
                var deleted = vacancies[random.Next(vacancies.Count)];
                vacancies.Remove(deleted);
                await City.DeleteAsync(deleted);
                break;
            case 3 when vacancies.Count > 0:
                await City.PutAsync(People.Vacancy(random.Next(1_000)), id: vacancies[random.Next(vacancies.Count)].Id);
                break;
            case 4:
                // What isn't applied is held all the same.
                await Region.Flows(Agreement).Sink(City.Id).ApplyAsync(Ahead(random), default);
                Time.Advance(TimeSpan.FromMinutes(random.Next(8)));
                break;
            default:
                vacancies.Add(await City.PutAsync(People.Vacancy(vacancies.Count)));
                break;
        }
    }

    private SyncBatch Ahead(Random random)
    {
        var id = new Guid(random.Next(), 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, (byte)random.Next(8));
        return Incoming.Batch(
            0, 0, Incoming.Vacancy(id, Time.GetUtcNow().AddMinutes(random.Next(10)), random.Next(100)).Change());
    }

    private async Task AssertCountedAsync(FlowNode giver, FlowNode taker)
    {
        var source = giver.Flows(Agreement).Source(taker.Id);
        var given = await source.RecountAsync(default);
        Assert.Equal((0ul, 0ul, false), (given.Mended.Count, given.Lasting.Count, given.IsQueued));
        Assert.Equal(await source.DigestAsync(withBuckets: true, default), given.Digest);

        var sink = taker.Flows(Agreement).Sink(giver.Id);
        var held = await sink.RecountAsync(default);
        Assert.Equal(0ul, held.Mended.Count);
        Assert.Equal(await sink.DigestAsync(withBuckets: true, default), held.Digest);
    }

    private static UInt128 Any(Random random) => new((ulong)random.NextInt64(), (ulong)random.NextInt64());
}
