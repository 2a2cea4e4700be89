using Exchange.Node.Tests.Agreements;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>What a node still writes after another has taken its place.</summary>
public sealed class LateWriterTests : FlowTests
{
    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task From_the_first_day_of_its_successor_on_nothing_that_it_writes_counts(int firstDay, bool isLate)
    {
        var key = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        Region.Others.Add(new Agreement
        {
            Id = "zhaotong-greater-bay",
            Version = 1,
            Parties =
            {
                new AgreementParty { Node = SampleAgreements.Region },
                new AgreementParty { Node = "greater-bay" },
            },
            ValidFromDate = new Date { Year = 2026, Month = 3, Day = firstDay },
            Successions = { new AgreementSuccession { ByNode = "greater-bay", Node = SampleAgreements.Town } },
        });

        await City.PutAsync(People.Vacancy(2), id: key.Id);
        var source = City.Flows(Agreement).Source(Region.Id);
        var sink = Region.Flows(Agreement).Sink(City.Id);
        var page = await source.ReadAsync(await sink.AppliedAsync(default), default);
        var ack = await sink.ApplyAsync(FlowPass.ToBatch(page), default);

        Assert.Equal(
            isLate ? [ErrorReason.ChangeNotFromHome] : Array.Empty<ErrorReason>(),
            ack.Quarantined.Select(put => put.Reason));
        Assert.Equal(People.Vacancy(isLate ? 1 : 2), await Region.FindAsync<Vacancy>(key));
    }
}
