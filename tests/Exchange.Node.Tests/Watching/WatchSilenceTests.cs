using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Watching;

/// <summary>A watcher hears within 30 seconds that there is nothing for it, whatever else the feed brings.</summary>
public sealed class WatchSilenceTests
{
    [Fact]
    public async Task A_feed_that_moves_with_what_isnt_wanted_sends_a_bookmark_all_the_same()
    {
        var time = new ManualTime();
        await using var node = await TestNode.StartAsync("dongguan", time);
        using var watch = node.Vacancies.WatchVacancies(
            new WatchVacanciesRequest(), deadline: (TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1)).UtcDateTime);
        Assert.True(await watch.ResponseStream.MoveNext(default));
        var before = watch.ResponseStream.Current.ResumeToken;

        // No timer fires, so that the feed is never found silent.
        time.SetUtcNow(time.GetUtcNow() + TimeSpan.FromSeconds(21));
        var employer = new Record { Kind = "employer", Payload = Any.Pack(Samples.Employer()) };
        await node.Records.BatchPutRecordsAsync(
            new BatchPutRecordsRequest { Items = { new PutRecordItem { Record = employer } } });

        Assert.True(await watch.ResponseStream.MoveNext(default));
        var told = watch.ResponseStream.Current;
        Assert.NotNull(told.Bookmark);
        Assert.NotEqual(before, told.ResumeToken);
    }
}
