using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Testing;
using Exchange.V1;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>The section Sync of the configuration, and the files that it names.</summary>
public sealed class SyncOptionsTests
{
    private static readonly NodeIdentity Left = new("left", "Left", TestNode: true);

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
        options.Peers[1].AgreementFile = "agreement.json";
        options.Peers.Add(Good());

        var failures = new SyncOptionsValidator().Validate(null, options).Failures!.ToList();

        string[] expected =
        [
            "Sync:Window is 0", "Sync:Heartbeat is", "Sync:IdleTimeout is", "Sync:Peers:1:Node is 'Right'",
            "Sync:Peers:1:Address is empty", "Sync:Peers:1:DigestKeyFile",
            "Sync:Peers:1:Mode is 7", "Sync:Peers:1:At is '2:30'", "Sync:Peers:1:BatchChanges is 1001",
            "Sync:Peers:1:JitterMinutes is 121",
            "Sync:Peers:2:Node is 'right', which is listed already",
        ];
        Assert.Equal(expected.Length, failures.Count);
        Assert.All(
            expected.Zip(failures), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://exchange.dongguan.example:7070", "https only")]
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
    public void Agreement_and_key_are_read_from_their_files()
    {
        using var directory = new TemporaryDirectory();
        var options = Written(directory, new string('k', 44)[..43] + "=");

        var peers = ConfiguredPeers.Load(options, Left, new RecordKinds(), name => Path.Combine(directory.Path, name));
        var peer = peers["right"];

        Assert.Equal("left-right", peer.Versions[0].Agreement.Id);
        Assert.Equal(32, peer.DigestKey.Length);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("c2hvcnQ=")]
    public void A_key_that_isnt_one_is_refused_and_not_told(string key)
    {
        using var directory = new TemporaryDirectory();
        var options = Written(directory, key);

        var error = Assert.Throws<AgreementException>(
            () => ConfiguredPeers.Load(options, Left, new RecordKinds(), name => Path.Combine(directory.Path, name)));

        Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agreement_between_others_is_refused()
    {
        using var directory = new TemporaryDirectory();
        var options = Written(directory, Convert.ToBase64String(new byte[32]));

        var error = Assert.Throws<AgreementException>(() => ConfiguredPeers.Load(
            options, Left with { Id = "third" }, new RecordKinds(), name => Path.Combine(directory.Path, name)));

        Assert.Contains("not between 'third' and 'right'", error.Message, StringComparison.Ordinal);
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
        AgreementFile = "agreement.json",
        DigestKeyFile = "digest.key",
    };

    private static SyncOptions Written(TemporaryDirectory directory, string key)
    {
        var agreement = new Agreement
        {
            Id = "left-right",
            Version = 1,
            ValidFromDate = new Google.Type.Date { Year = 2026, Month = 1, Day = 1 },
            Parties = { new AgreementParty { Node = "left" }, new AgreementParty { Node = "right" } },
            Flows = { AgreementProfiles.FromCity("right", "left", new RecordKinds()) },
        };
        File.WriteAllText(Path.Combine(directory.Path, "agreement.json"), AgreementFile.Format(agreement));
        File.WriteAllText(Path.Combine(directory.Path, "digest.key"), key + "\n");
        var options = new SyncOptions();
        options.Peers.Add(Good());
        return options;
    }
}
