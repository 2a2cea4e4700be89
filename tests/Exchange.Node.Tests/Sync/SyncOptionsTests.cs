using Exchange.Node.Agreements;
using Exchange.Node.Sync;
using Exchange.V1;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>The section Sync of the configuration.</summary>
public sealed class SyncOptionsTests
{
    [Fact]
    public void Every_error_is_named_at_once_with_its_field()
    {
        var options = new SyncOptions { Window = 0, Heartbeat = TimeSpan.Zero, IdleTimeout = TimeSpan.FromHours(1) };
        options.Peers.Add(Good());
        options.Peers.Add(new PeerOptions
        {
            Node = "Right",
            At = "2:30",
            JitterMinutes = 121,
            Mode = (PeerMode)7,
            BatchChanges = 1001,
        });
        options.Peers.Add(Good());

        var failures = new SyncOptionsValidator().Validate(null, options).Failures!.ToList();

        string[] expected =
        [
            "Sync:Window is 0", "Sync:Heartbeat is", "Sync:IdleTimeout is", "Sync:Peers:1:Node is 'Right'",
            "Sync:Peers:1:Address is empty", "Sync:Peers:1:Mode is 7",
            "Sync:Peers:1:At is '2:30'", "Sync:Peers:1:BatchChanges is 1001",
            "Sync:Peers:1:JitterMinutes is 121",
            "Sync:Peers:2:Node is 'right', which is listed already",
        ];
        Assert.Equal(expected.Length, failures.Count);
        Assert.All(
            expected.Zip(failures), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://exchange.dongguan.example:7070", "https only")]
    [InlineData("http://127.0.0.1:7070", "Write https:// there")]
    [InlineData("exchange.dongguan.example", "https:// with a host")]
    public void An_address_must_be_one_and_safe(string address, string expected)
    {
        var options = new SyncOptions();
        options.Peers.Add(Good());
        options.Peers[0].Address = address;

        var failure = new SyncOptionsValidator().Validate(null, options).FailureMessage;

        Assert.Contains(expected, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partner_may_be_silent_for_more_than_two_heartbeats()
    {
        var options = new SyncOptions
        {
            Heartbeat = TimeSpan.FromSeconds(30),
            IdleTimeout = TimeSpan.FromSeconds(60),
        };

        var failure = new SyncOptionsValidator().Validate(null, options).FailureMessage;

        Assert.Contains("more than twice Sync:Heartbeat", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_passive_partner_needs_no_address()
    {
        var options = new SyncOptions();
        options.Peers.Add(Good());
        (options.Peers[0].Mode, options.Peers[0].Address) = (PeerMode.Passive, null);

        Assert.True(new SyncOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public void Partners_are_read_from_the_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sync:Peers:0:Node"] = "right",
            ["Sync:Peers:0:Mode"] = "live",
            ["Sync:Heartbeat"] = "00:00:05",
        }).Build();

        var options = configuration.GetSection(SyncOptions.Section).Get<SyncOptions>()!;

        Assert.Equal(("right", PeerMode.Live), (options.Peers[0].Node, options.Peers[0].Mode));
        Assert.Equal(TimeSpan.FromSeconds(5), options.Heartbeat);
    }

    [Fact]
    public void The_next_version_of_an_agreement_holds_from_its_first_day_on()
    {
        var (now, next) = (SessionBench.Terms(1), new AgreementTerms(new Agreement
        {
            Id = "left-right",
            Version = 2,
            ValidFromDate = new Google.Type.Date { Year = 2026, Month = 4, Day = 1 },
        }));
        var peer = new SyncPeer(Good(), [now, next], default);

        var (before, after) = (new DateOnly(2026, 3, 31), new DateOnly(2026, 4, 1));

        Assert.Equal((now, next), (peer.TermsOn(before), peer.SuccessorOn(before)!));
        Assert.Equal((next, null), (peer.TermsOn(after), peer.SuccessorOn(after)));
    }

    private static PeerOptions Good() => new()
    {
        Node = "right",
        Address = "https://exchange.right.example:7070",
    };
}
