using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>A personal record goes only where the law lets it go, and comes back when it no longer does.</summary>
public sealed class LegalBasisTests : FlowTests
{
    [Fact]
    public async Task Without_a_basis_a_worker_stays_and_is_counted()
    {
        var key = await Region.PutAsync(People.Worker(1));
        await Region.ReferAsync(key, City.Id);

        await PassAsync();

        Assert.Null(await City.FindAsync(key));
        var status = await Region.Flows(Agreement).StatusAsync(City.Id, default);
        Assert.Equal((0ul, 1ul), (status.Withheld, status.WithheldForBasis));
    }

    [Fact]
    public async Task Consent_counts_for_its_recipient_and_purpose_only()
    {
        var good = await PutReferredAsync(1, Given(1, City.Id, "placement"));
        var elsewhere = await PutReferredAsync(2, Given(1, "zhongshan", "placement"));
        var otherwise = await PutReferredAsync(3, Given(1, City.Id, "research"));

        await PassAsync();

        Assert.NotNull(await City.FindAsync(good));
        Assert.Null(await City.FindAsync(elsewhere));
        Assert.Null(await City.FindAsync(otherwise));
    }

    [Fact]
    public async Task Of_several_words_on_one_consent_the_highest_version_counts_whatever_their_order()
    {
        var renewed = await PutReferredAsync(
            1, Given(3, City.Id, "placement"), Withdrawn(2, City.Id, "placement"));
        var withdrawn = await PutReferredAsync(
            2, Withdrawn(4, City.Id, "placement"), Given(3, City.Id, "placement"));

        await PassAsync();

        Assert.NotNull(await City.FindAsync(renewed));
        Assert.Null(await City.FindAsync(withdrawn));
    }

    [Fact]
    public async Task A_withdrawal_takes_back_what_was_sent_and_a_new_consent_brings_it_again()
    {
        var key = await PutReferredAsync(1, Given(1, City.Id, "placement"));
        await PassAsync();

        await Region.PutAsync(People.Worker(1), Consented(Withdrawn(2, City.Id, "placement")), key.Id);
        var removal = (await PassAsync()).Changes().Single(change => change.Removal is not null).Removal;
        Assert.Equal(RemovalReason.ConsentWithdrawn, removal.Reason);
        Assert.Null(await City.FindAsync(key));
        Assert.Empty((await City.Store.GetAsync(key, default))!.Payload.ToArray());

        await Region.PutAsync(People.Worker(1), Consented(Given(3, City.Id, "placement")), key.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
    }

    [Theory]
    [InlineData(RecordState.Frozen)]
    [InlineData(RecordState.Erased)]
    public async Task A_frozen_or_erased_worker_is_taken_back_without_a_payload(RecordState state)
    {
        var key = await PutReferredAsync(1, Given(1, City.Id, "placement"));
        await PassAsync();

        await Region.StoreAsync(key, new Record { HomeNode = Region.Id, State = state });
        var removal = Assert.Single((await PassAsync()).Changes()).Removal;

        Assert.Equal(RemovalReason.ConsentWithdrawn, removal.Reason);
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task The_city_learns_of_the_consent_toward_itself_alone()
    {
        var key = await PutReferredAsync(
            1, Given(1, City.Id, "placement"), Given(1, "zhongshan", "placement"), Given(1, City.Id, "research"));

        await PassAsync();

        var consent = Assert.Single((await City.FindAsync(key))!.LegalBasis.Consents);
        Assert.Equal((City.Id, "placement"), (consent.RecipientNode, consent.Purpose));
    }

    [Fact]
    public async Task Vacancies_need_no_basis()
    {
        var key = await City.PutAsync(People.Vacancy(1));

        await PassBackAsync();

        Assert.NotNull(await Region.FindAsync(key));
    }

    [Fact]
    public async Task A_kind_that_nobody_knows_is_treated_as_personal()
    {
        Agreement.Flows[0].Kinds.Add(
            new KindRule { Kind = "horse", Gate = Gate.All, Fields = { new FieldRule { Number = 1 } } });
        var key = new RecordKey("horse", Guid.CreateVersion7());
        await Region.StoreAsync(key, new Record
        {
            HomeNode = Region.Id,
            State = RecordState.Active,
            Payload = new Any { TypeUrl = "type.googleapis.com/horse" },
        });

        await PassAsync();

        Assert.Null(await City.FindAsync(key));
    }

    private async Task<RecordKey> PutReferredAsync(int number, params Consent[] consents)
    {
        var key = await Region.PutAsync(People.Worker(number), Consented(consents));
        await Region.ReferAsync(key, City.Id);
        return key;
    }

    private static LegalBasis Consented(params Consent[] consents) =>
        new() { Kind = LegalBasisKind.Consent, Consents = { consents } };

    private static Consent Given(ulong version, string recipient, string purpose) =>
        new() { Version = version, RecipientNode = recipient, Purpose = purpose, TextVersion = "2026-1" };

    private static Consent Withdrawn(ulong version, string recipient, string purpose) =>
        new() { Version = version, RecipientNode = recipient, Purpose = purpose, Withdrawn = true };
}
