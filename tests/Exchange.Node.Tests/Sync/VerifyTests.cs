using Exchange.Node.Sync;
using Exchange.Node.Tests.Sync.HardCases;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Counting anew while other things are under way.</summary>
public sealed class VerifyTests : FlowTests
{
    [Fact]
    public async Task What_a_local_system_has_just_changed_is_no_difference()
    {
        var person = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));
        await Region.ReferAsync(person, City.Id);
        var (source, sink) = (Region.Flows(Agreement).Source(City.Id), City.Flows(Agreement).Sink(Region.Id));
        await FlowPass.RunAsync(Region, source, sink);
        var withdrawn = Consents.Of(Consents.Given(1), Consents.Withdrawn(2));
        await Region.PutAsync(People.Worker(1), withdrawn, id: person.Id);

        var recount = await source.RecountAsync(default);

        Assert.Equal((0ul, 0ul, false), (recount.Mended.Count, recount.Lasting.Count, recount.IsQueued));
        await FlowPass.RunAsync(Region, source, sink);
        Assert.Null(await City.FindAsync(person));
        await FlowPass.AssertSameAsync(source, sink);
    }

    [Fact]
    public async Task An_acknowledgement_that_was_left_to_a_later_commit_is_written_before_counting()
    {
        for (var number = 0; number <= 1_000; number++)
        {
            await City.PutAsync(People.Vacancy(number));
        }

        var (source, sink) = (City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));
        var page = await source.ReadAsync(await sink.AppliedAsync(default), default);
        Assert.False(page.AtHead);
        await source.ConfirmAsync(page, await sink.ApplyAsync(FlowPass.ToBatch(page), default), default);
        Assert.Equal(0ul, (await StateAsync()).Sent);

        await source.RecountAsync(default);

        var state = await StateAsync();
        Assert.Equal((1_000ul, (long)page.To.Position), (state.Sent, state.Acknowledged.Value));
    }

    private async Task<OutgoingState> StateAsync() => OutgoingState.Read(
        (await City.Store.GetEntriesAsync(OutgoingState.Collection(Region.Id), [OutgoingState.Key], default))[0]!
            .Value.Span);
}
