using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

public sealed class AgreementProfilesTests
{
    private static readonly RecordKinds Kinds = new();

    // What a city must never get of a worker, whatever else the profile comes to list.
    private static readonly int[] Withheld =
    [
        Worker.EthnicityCodeFieldNumber, Worker.ResidencePlaceFieldNumber,
        Worker.HouseholdIdFieldNumber, Worker.RelationToHeadFieldNumber, Worker.CardStatusHistoryFieldNumber,
        Worker.DisabilityFieldNumber, Worker.SupportNeedsFieldNumber, Worker.RemarkFieldNumber,
    ];

    [Fact]
    public void The_default_agreements_are_valid()
    {
        Assert.Empty(AgreementRules.Check(SampleAgreements.City(), Kinds));
        Assert.Empty(AgreementRules.Check(SampleAgreements.Province(), Kinds));
    }

    [Fact]
    public void A_province_gets_every_field_of_every_kind_that_may_leave_its_node()
    {
        var flow = AgreementProfiles.ToProvince("zhaotong", "yunnan", Kinds);

        Assert.Equal(Kinds.All.Where(kind => !kind.StaysHome).Select(kind => kind.Name), flow.Kinds.Select(rule => rule.Kind));
        foreach (var rule in flow.Kinds)
        {
            Assert.Equal(Gate.All, rule.Gate);
            AssertAllFields(Kinds.Find(rule.Kind)!.Descriptor, rule.Fields);
        }
    }

    [Fact]
    public void A_city_gets_referred_workers_masked_and_without_what_is_none_of_its_business()
    {
        var flow = AgreementProfiles.ToCity("zhaotong", "dongguan", Kinds);
        var worker = flow.Kinds.Single(rule => rule.Kind == "worker");
        var masks = worker.Fields.ToDictionary(field => (int)field.Number, field => field.Mask);

        Assert.Equal(Gate.NamedInPlacement, worker.Gate);
        Assert.Equal(Mask.Name, masks[Worker.NameFieldNumber]);
        Assert.Equal(Mask.IdNumber, masks[Worker.IdNumberFieldNumber]);
        Assert.Equal(Mask.Phone, masks[Worker.PhoneFieldNumber]);
        Assert.DoesNotContain(masks.Keys, Withheld.Contains);
        var place = worker.Fields.Single(field => field.Number == Worker.RegisteredPlaceFieldNumber);
        Assert.Equal(
            [((uint)Place.DivisionCodeFieldNumber, Mask.County)],
            place.Fields.Select(field => (field.Number, field.Mask)));
        var birth = worker.Fields.Single(field => field.Number == Worker.BirthDateFieldNumber);
        Assert.Equal([(uint)Google.Type.Date.YearFieldNumber], birth.Fields.Select(field => field.Number));
    }

    [Fact]
    public void Both_sides_of_a_placement_get_type_day_and_parties_of_every_event()
    {
        uint[] needed = [1, 2, 3, 4, 5, 6, 7, 13];
        foreach (var flow in SampleAgreements.City().Flows)
        {
            var events = flow.Kinds.Single(rule => rule.Kind == "placement_event");

            Assert.Equal(Gate.Party, events.Gate);
            Assert.Empty(needed.Except(events.Fields.Select(field => field.Number)));
        }
    }

    [Fact]
    public void What_clerks_wrote_freely_is_withheld_from_a_city_in_each_kind()
    {
        var flow = AgreementProfiles.ToCity("zhaotong", "dongguan", Kinds);

        var sent = flow.Kinds.ToDictionary(
            rule => rule.Kind, rule => Paths(Kinds.Find(rule.Kind)!.Descriptor, rule.Fields).ToList());

        Assert.Empty(sent.Values.SelectMany(fields => fields).Where(MaskedCopies.IsFreeText).Select(field => field.FullName));
        Assert.DoesNotContain(sent["case_file"], field => field.Name is "details" or "handed_words");
        Assert.DoesNotContain(sent["subsidy_payment"], field => field.Name == "return_words");
        Assert.DoesNotContain(sent["placement_event"], field => field.Name is "reason_words" or "note");
        Assert.Contains(sent["subsidy_payment"], field => field.Name == "amount_fen");
    }

    private static IEnumerable<FieldDescriptor> Paths(MessageDescriptor message, IEnumerable<FieldRule> rules) =>
        rules.SelectMany(rule =>
        {
            var field = message.FindFieldByNumber((int)rule.Number);
            return field.FieldType == FieldType.Message ? Paths(field.MessageType, rule.Fields) : [field];
        });

    private static void AssertAllFields(MessageDescriptor message, IEnumerable<FieldRule> rules)
    {
        var byNumber = rules.ToDictionary(rule => (int)rule.Number);
        Assert.Equal(message.Fields.InFieldNumberOrder().Select(field => field.FieldNumber), byNumber.Keys);
        foreach (var field in message.Fields.InFieldNumberOrder().Where(f => f.FieldType == FieldType.Message))
        {
            AssertAllFields(field.MessageType, byNumber[field.FieldNumber].Fields);
        }
    }
}
