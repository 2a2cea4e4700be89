using Exchange.Node.Imports;
using Xunit;

namespace Exchange.Node.Tests.Imports;

public sealed class MappingProfileTests
{
    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        const string Fields = """
            { "to": "tittle", "read": "text", "column": "a" },
            { "to": "pay", "read": "text", "column": "a" },
            { "to": "pay.unit", "constant": "PAY_UNIT_DECADE" },
            { "to": "pay.unit.deeper", "constant": "x" },
            { "to": "status", "read": "list", "column": "a",
              "values": { "x": "VACANCY_STATUS_UNSPECIFIED", "X": null } },
            { "to": "title", "read": "text", "column": "a" },
            { "to": "title", "read": "text", "column": "b" },
            { "to": "headcount", "read": "text", "column": "a" },
            { "to": "filled_count", "read": "guess", "column": "a" },
            { "to": "employer_name", "read": "text", "colum": "a" },
            { "to": "reserved_posts", "constant": "x" },
            { "to": "reserved_posts[1].headcount", "read": "integer", "column": "a" },
            { "to": "start_date", "read": "date", "forms": ["weekday"], "column": "_row" },
            { "to": "min_age", "read": "integer", "column": "a", "when": [{ "column": "a" }] },
            { "to": "pay.min_minor", "read": "money", "column": "a" },
            { "to": "experience_months", "read": "decimal", "column": "a" }
            """;

        var error = Assert.Throws<ProfileException>(
            () => ImportText.Vacancies(Fields, """ "blanks": [], "blank_in": { "z": ["-"] }, """));

        string[] expected =
        [
            "The profile has a member 'blanks'",
            "There is no field 'tittle': Vacancy has no field 'tittle'; it has title, employer_id,",
            "'pay' can't take what is read as 'text'.",
            "'pay.unit' can't be 'PAY_UNIT_DECADE'; expected one of PAY_UNIT_HOUR,",
            "There is no field 'pay.unit.deeper': 'unit' has no fields of its own.",
            "'status' has the word 'x' more than once.",
            "'status' can't be 'VACANCY_STATUS_UNSPECIFIED' for the word 'x'; expected one of VACANCY_STATUS_OPEN,",
            "'title' is filled twice: use 'cases' for alternatives.",
            "'headcount' can't take what is read as 'text'.",
            "'filled_count' can't be read as 'guess'; known are text,",
            "'employer_name' has a member 'colum' that no profile knows.",
            "'employer_name' names no column.",
            "There is no field 'reserved_posts': 'reserved_posts' is repeated: write reserved_posts[0].",
            "'start_date' has no form 'weekday'; known are day,",
            "The condition of 'min_age' on 'a' needs filled,",
            "'pay.min_minor' is money and needs either 'currency',",
            "'experience_months' is a decimal and needs 'scale',",
            "The elements of 'reserved_posts' must be numbered from 0 without gaps.",
            "'z' stands in blank_in or optional_columns, but no field reads it.",
            "The column '_row' can't be read:",
        ];
        Assert.Equal(expected.Length, error.Errors.Count);
        Assert.All(
            expected.Zip(error.Errors),
            pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", "There is no kind ''")]
    [InlineData("""{ "kind": "wish" }""", "There is no kind 'wish'; known are worker,")]
    [InlineData("""{ "key": { "source": "Big Source" } }""", "The key needs a source,")]
    [InlineData("""{ "kind": "vacancy", "kind": "worker" }""", "It isn't the JSON of a profile: Duplicate property")]
    [InlineData("""{ "key": { "sauce": "x" } }""", "The key has a member 'sauce' that no profile knows.")]
    [InlineData("[1]", "It isn't the JSON of a profile:")]
    [InlineData("null", "The file holds no profile.")]
    public void A_profile_that_is_none_says_why(string json, string problem)
    {
        var error = Assert.Throws<ProfileException>(() => MappingProfiles.Parse(json, "x"));

        Assert.Contains(error.Errors, text => text.StartsWith(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_is_neither_shipped_nor_a_file_lists_the_shipped_ones()
    {
        var error = Assert.Throws<ProfileException>(() => MappingProfiles.Load("no-such"));

        Assert.Contains("h2b-fy2018, h2b-fy2019, taiwanjobs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_shipped_profile_loads_under_its_own_name() =>
        Assert.All(MappingProfiles.Names, name => Assert.Equal(name, MappingProfiles.Load(name).Name));

    [Fact]
    public void A_shipped_profile_can_be_copied_changed_and_loaded_by_its_path()
    {
        var path = Path.GetTempFileName();
        var text = MappingProfiles.Text("taiwanjobs");
        const string Name = "\"name\": ";
        File.WriteAllText(path, text.Replace(Name + "\"taiwanjobs\"", Name + "\"mine\"", StringComparison.Ordinal));

        Assert.Equal("mine", MappingProfiles.Load(path).Name);
        File.Delete(path);
    }

    [Theory]
    [InlineData("pay.unit", "pay_unit+basic_rate_of_pay")]
    [InlineData("pay.currency", "basic_rate_of_pay")]
    [InlineData("work_place.words", "worksite_city+worksite_state")]
    [InlineData("headcount", "workers_certified+workers_requested")]
    [InlineData("start_date.day", "certification_begin_date")]
    [InlineData("employer_id", "employer_id")]
    [InlineData("record.external_key.source_id", "case_number")]
    public void A_field_that_the_node_refuses_is_led_back_to_its_column(string field, string column) =>
        Assert.Equal(column, MappingProfiles.Load("h2b-fy2018").ColumnOf(field));
}
