using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Records;

public sealed class RecordKindsTests
{
    private static readonly Guid Id = Guid.Parse("019a0000-0000-7000-8000-000000000001");
    private static readonly RecordKinds Kinds = new();
    private static readonly PlainTokens Tokens = new();

    [Fact]
    public void Kinds_are_those_of_the_contract()
    {
        Assert.Equal(
            ["worker", "household", "employer", "vacancy", "vacancy_quota", "placement_event", "division"],
            Kinds.All.Take(7).Select(kind => kind.Name));
        Assert.Equal(
            [
                "brand_member", "case_file", "certificate", "contact", "departure_review", "enrolment", "household",
                "liaison_officer", "manifest_entry", "outbox_message", "placement_event", "responsibility", "return_home",
                "school_leaver", "start_up", "start_up_loan", "stationed_staff", "student", "student_allowance",
                "subsidy_payment", "worker",
            ],
            Kinds.All.Where(kind => kind.IsPersonal).Select(kind => kind.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["departure_review", "job_code", "outbox_message"],
            Kinds.All.Where(kind => kind.StaysHome).Select(kind => kind.Name));
        Assert.Equal(
            ["placement_event", "published_report"],
            Kinds.All.Where(kind => kind.IsImmutable).Select(kind => kind.Name));
        Assert.All(Kinds.All, kind => Assert.Same(kind, Kinds.Find(kind.Name)));
        Assert.All(Kinds.All, kind => Assert.Same(kind, Kinds.FindByDescriptor(kind.Descriptor)));
        Assert.Null(Kinds.Find("horse"));
        Assert.Null(Kinds.FindByDescriptor(Place.Descriptor));
    }

    [Fact]
    public void A_worker_is_found_by_token_and_division()
    {
        var facts = Describe(Samples.Worker());

        Assert.Equal(
            [new IndexKey("person", "token of 11010519491231002X", Unique: true), new("division", "530627101203")],
            facts.Keys);
        Assert.Equal([Scope("division", "530627101203")], facts.ScopeKeys);
        Assert.Equal([Id.ToString()], facts.SubjectIds);
        Assert.Empty(facts.Sightings);
    }

    [Fact]
    public void An_old_number_and_a_new_one_are_one_person()
    {
        var old = Samples.Worker();
        old.IdNumber = "110105491231002";

        Assert.Equal(Describe(Samples.Worker()).Keys, Describe(old).Keys);
    }

    [Fact]
    public void A_masked_copy_has_no_token()
    {
        var masked = Samples.Worker();
        masked.IdNumber = "110***********002X";

        Assert.Equal([new IndexKey("division", "530627101203")], Describe(masked).Keys);
    }

    [Fact]
    public void A_household_is_found_by_its_head_and_division()
    {
        var facts = Describe(Samples.Household());

        Assert.Equal(
            [new IndexKey("head", "token of 11010519491231002X", Unique: true), new("division", "530627101203")],
            facts.Keys);
        Assert.Equal([Scope("division", "530627101203")], facts.ScopeKeys);
        Assert.Equal([Id.ToString()], facts.SubjectIds);
    }

    [Fact]
    public void An_employer_is_found_by_its_credit_code_however_it_was_written()
    {
        var employer = Samples.Employer();
        employer.CreditCode = "91350100m000100y43";

        var facts = Describe(employer);

        Assert.Equal([new IndexKey("credit_code", "91350100M000100Y43", Unique: true)], facts.Keys);
        Assert.Equal([Scope("division", "441900118")], facts.ScopeKeys);
        Assert.Empty(facts.SubjectIds);
    }

    [Fact]
    public void A_vacancy_is_found_by_its_work_place_and_employer()
    {
        var facts = Describe(Samples.Vacancy());

        Assert.Equal([new IndexKey("division", "441900118"), new IndexKey("employer", Samples.Id)], facts.Keys);
        Assert.Equal([Scope("division", "441900118")], facts.ScopeKeys);
    }

    [Fact]
    public void An_event_shows_its_worker_to_both_nodes()
    {
        var facts = Describe(Samples.PlacementEvent());
        var worker = new RecordKey("worker", Guid.Parse(Samples.Id));

        Assert.Equal([new IndexKey("placement", Samples.Id)], facts.Keys);
        Assert.Equal([Scope("party", "zhaotong"), Scope("party", "dongguan")], facts.ScopeKeys);
        Assert.Equal([Samples.Id], facts.SubjectIds);
        Assert.Equal([new Sighting("zhaotong", worker), new Sighting("dongguan", worker)], facts.Sightings);
    }

    [Fact]
    public void A_void_shows_nobody_and_an_event_within_one_node_has_one_party()
    {
        var mistake = Samples.PlacementEvent();
        mistake.Type = PlacementEventType.RecordedInError;
        var local = Samples.PlacementEvent();
        local.ReceivingNode = local.SendingNode;

        Assert.All(Describe(mistake).Sightings, sighting => Assert.True(sighting.IsDoubt));
        Assert.Equal(2, Describe(mistake).ScopeKeys.Count);
        Assert.Equal([Scope("party", "zhaotong")], Describe(local).ScopeKeys);
    }

    [Fact]
    public void A_division_is_found_by_its_code()
    {
        var facts = Describe(Samples.Division());

        Assert.Equal([new IndexKey("code", "530630")], facts.Keys);
        Assert.Equal([Scope("division", "530630")], facts.ScopeKeys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("019A0000-0000-7000-8000-0000000000AA")]
    [InlineData("530627190001011234567890123456789012345678901234567890")]
    [InlineData("\u0000\uFFFF𠮷")]
    public void Facts_of_what_sync_brings_never_fail_and_keep_to_the_stores_limits(string junk)
    {
        Assert.All(Kinds.All, kind =>
        {
            var text = string.Concat(Enumerable.Repeat(junk, 30));
            var payload = Filled(kind.Descriptor, text, depth: 0);
            var facts = kind.Describe(Id, payload, Tokens);

            // A number that can't be one is found by its token, which has the same length for every text.
            Assert.All(
                facts.Keys,
                key => Assert.Equal(
                    ("invalid_number", Tokens.Token("invalid:" + text)), (key.Name, key.Value)));
            Assert.Empty(facts.ScopeKeys);
            Assert.Empty(facts.Sightings);
            Assert.NotNull(kind.Check(payload, Rules.Context).ToList());
        });
    }

    // A message whose every text is the same and whose every number is odd.
    private static IMessage Filled(MessageDescriptor type, string text, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InFieldNumberOrder().Where(field => !field.IsRepeated))
        {
            object? value = field.FieldType switch
            {
                FieldType.String => text,
                FieldType.Int32 or FieldType.Enum => -77,
                FieldType.Message when depth < 3 => Filled(field.MessageType, text, depth + 1),
                _ => null,
            };
            if (value is not null)
            {
                field.Accessor.SetValue(message, value);
            }
        }

        return message;
    }

    private static RecordFacts Describe(IMessage payload) =>
        Kinds.FindByDescriptor(payload.Descriptor)!.Describe(Id, payload, Tokens);

    private static ScopeKey Scope(string name, string value) => new() { Name = name, Value = value };

    private sealed class PlainTokens : IPersonTokens
    {
        public string Token(string normalisedIdNumber) => $"token of {normalisedIdNumber}";
    }
}
