using Exchange.Node.Outages;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Outages;

/// <summary>Until when everything is kept for a partner.</summary>
public sealed class PartnerRetentionTests
{
    private static readonly DateTimeOffset Heard = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset GivenUp = Heard.AddDays(400);

    [Fact]
    public void It_is_400_days_after_the_partner_was_heard_of_or_after_an_outage_that_began_before_it_was_given_up()
    {
        var status = new PeerStatus { LastHeardTime = Heard.ToTimestamp() };

        Assert.Equal(GivenUp, PartnerRetention.KeptUntil(status, []));
        Assert.Equal(Heard.AddDays(410), PartnerRetention.KeptUntil(status, [Outage(5, 10)]));
        Assert.Equal(Heard.AddDays(1100), PartnerRetention.KeptUntil(status, [Outage(405, 700), Outage(5, 10)]));

        // It began after the partner had been given up, and brings back nothing that was dropped then.
        Assert.Equal(GivenUp, PartnerRetention.KeptUntil(status, [Outage(401, 700)]));
    }

    [Fact]
    public void One_that_was_never_heard_of_is_waited_for_for_good_and_one_of_before_by_its_last_session()
    {
        Assert.Null(PartnerRetention.KeptUntil(new PeerStatus(), [Outage(5, 10)]));
        Assert.Equal(
            GivenUp, PartnerRetention.KeptUntil(new PeerStatus { LastSuccessTime = Heard.ToTimestamp() }, []));
    }

    private static PlannedOutage Outage(int from, int until) => new()
    {
        StartTime = Heard.AddDays(from).ToTimestamp(),
        EndTime = Heard.AddDays(until).ToTimestamp(),
    };
}
