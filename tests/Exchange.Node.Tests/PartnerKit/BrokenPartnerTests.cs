using Exchange.Cli.PartnerKit;
using Xunit;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>Partners that do one thing wrong fail the promises that it breaks, for that, and no other.</summary>
public sealed class BrokenPartnerTests(BrokenPartnerTests.Shared shared) : IClassFixture<BrokenPartnerTests.Shared>
{
    public static TheoryData<string> Names => [.. BrokenPartner.All.Select(broken => broken.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Partners_fail_what_they_break(string name)
    {
        var broken = BrokenPartner.All.Single(one => one.Name == name);
        broken.Break(shared.Partner);
        try
        {
            var found = await shared.Partner.CheckAsync(Promises.Named(broken.Looked));

            var odd = found.Where(one => one.Verdict != Verdict.Kept).ToList();
            Assert.Equal(broken.Fails.Select(one => one.Promise).Order(), odd.Select(one => one.Id).Order());
            Assert.All(odd, one => Assert.Equal(Verdict.Broken, one.Verdict));
            Assert.All(broken.Fails, fails =>
            {
                var came = odd.Single(one => one.Id == fails.Promise).Came;
                Assert.True(came.Contains(fails.Came, StringComparison.Ordinal), came);
            });
        }
        finally
        {
            shared.Partner.Breakage.Clear();
        }
    }

    [Fact]
    public void Every_promise_has_a_partner_that_breaks_it() => Assert.Equal(
        [], Promises.All.Select(one => one.Id).Except(BrokenPartner.All.SelectMany(one => one.Fails, (_, one) => one.Promise)));

    /// <summary>The node that they all are.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        internal CheckedPartner Partner { get; private set; } = null!;

        public async Task InitializeAsync() => Partner = await CheckedPartner.StartAsync();

        public async Task DisposeAsync() => await Partner.DisposeAsync();
    }
}
