using Exchange.Node.Imports;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Imports;

public sealed class CsvImportTests
{
    private const string Title = """{ "to": "title", "read": "text", "column": "title", "required": true }""";

    [Fact]
    public async Task A_row_becomes_a_draft_with_its_key_and_its_place_in_the_file()
    {
        var rows = await ImportText.ReadAsync(
            ImportText.Vacancies(Title), "id,title\n7,\" two\nlines \"\n\n8,普工\n");

        Assert.Equal([(1L, 2L), (2L, 5L)], rows.Select(row => (row.Source.Record, row.Source.Line)));
        Assert.Equal(["two\nlines", "普工"], rows.Select(row => ((Vacancy)row.Draft!.Payload).Title));
        Assert.Equal(new ExternalKey { Source = "test", SourceId = "8" }, rows[1].Draft!.ExternalKey);
        Assert.Equal("vacancy", rows[1].Draft!.Kind);
    }

    [Fact]
    public async Task A_row_shows_all_of_its_errors_and_the_others_go_on()
    {
        var profile = ImportText.Vacancies(
            Title + """
            ,{ "to": "headcount", "read": "integer", "column": "count" },
            { "to": "start_date", "read": "date", "column": "from" },
            { "to": "status", "read": "list", "column": "state", "values": { "open": "VACANCY_STATUS_OPEN" } }
            """);

        var rows = await ImportText.ReadAsync(
            profile, "id,title,count,from,state\n,,many,soon,gone\n2,普工,3,2019-05-01,open\n");

        Assert.Equal(
            [
                new CellError("title", "", "It is blank, and title is required."),
                new CellError("count", "many", "It isn't a whole number."),
                new CellError("from", "soon", "It isn't a date. Write one as 2019-05-01."),
                new CellError("state", "gone", "It isn't one of the words that the profile knows: open."),
                new CellError("id", "", "It is blank, and the row's external key needs it."),
            ],
            rows[0].Errors);
        Assert.Null(rows[0].Draft);
        var vacancy = Assert.IsType<Vacancy>(rows[1].Draft!.Payload);
        Assert.Equal((3, VacancyStatus.Open), (vacancy.Headcount, vacancy.Status));
        Assert.Equal(new Date { Year = 2019, Month = 5, Day = 1 }, vacancy.StartDate);
    }

    [Fact]
    public async Task The_same_cell_in_two_fields_is_one_error()
    {
        var profile = ImportText.Vacancies(
            """
            { "to": "pay.min_minor", "read": "money", "currency": "CNY", "column": "pay", "required": true },
            { "to": "pay.max_minor", "read": "money", "currency": "CNY", "column": "pay", "required": true }
            """);

        var rows = await ImportText.ReadAsync(profile, "id,pay\n1,高\n");

        Assert.Equal(
            [new CellError("pay", "高", "It isn't one amount of CNY with at most 2 decimals.")], rows[0].Errors);
    }

    [Fact]
    public async Task A_currency_in_a_column_of_its_own_sets_the_decimals()
    {
        var profile = ImportText.Vacancies(
            """{ "to": "pay.min_minor", "read": "money", "currency_column": "unit", "column": "pay" }""");

        var rows = await ImportText.ReadAsync(profile, "id,pay,unit\n1,1200,JPY\n2,1200,cny\n3,1200,XYZ\n4,,\n");

        Assert.Equal([1200L, 120000L], rows.Take(2).Select(row => ((Vacancy)row.Draft!.Payload).Pay.MinMinor));
        Assert.Equal("unit", Assert.Single(rows[2].Errors).Column);
        Assert.Null(((Vacancy)rows[3].Draft!.Payload).Pay);
    }

    [Fact]
    public async Task A_number_that_the_field_cannot_hold_is_an_error()
    {
        var profile = ImportText.Vacancies("""{ "to": "headcount", "read": "integer", "column": "n" }""");

        var rows = await ImportText.ReadAsync(profile, "id,n\n1,3000000000\n");

        Assert.Equal("It is too large for the field.", Assert.Single(rows[0].Errors).Reason);
    }

    [Fact]
    public async Task Blank_words_leave_the_field_unset_and_a_word_for_nothing_satisfies_required()
    {
        var profile = ImportText.Vacancies(
            """
            { "to": "employer_name", "read": "text", "column": "who" },
            { "to": "work_time", "read": "list", "column": "time", "required": true, "values": { "any": null } }
            """,
            """ "blank": ["N/A"], "blank_in": { "who": ["?"] }, """);

        var rows = await ImportText.ReadAsync(profile, "id,who,time\n1,n/a,any\n2, ？ ,ANY\n3,x,N/A\n");

        Assert.All(rows.Take(2), row => Assert.Equal(new Vacancy(), row.Draft!.Payload));
        Assert.Equal("It is blank, and work_time is required.", Assert.Single(rows[2].Errors).Reason);
    }

    [Fact]
    public async Task Cases_take_the_first_that_applies_and_required_wants_one()
    {
        var profile = ImportText.Vacancies(
            """
            {
              "to": "pay.unit", "required": true, "when": [{ "column": "n", "filled": true }],
              "cases": [
                { "when": [{ "column": "n", "from": 1, "to": 999 }], "constant": "PAY_UNIT_HOUR" },
                { "when": [{ "column": "n", "from": 10000 }], "constant": "PAY_UNIT_MONTH" }
              ]
            }
            """);

        var rows = await ImportText.ReadAsync(profile, "id,n\n1,999\n2,10000\n3,1800\n4,\n5,x\n");

        Assert.Equal([PayUnit.Hour, PayUnit.Month], rows.Take(2).Select(row => ((Vacancy)row.Draft!.Payload).Pay.Unit));
        Assert.Equal(
            "It fits none of the cases for pay.unit: n lies between 1 and 999; n is at least 10000.",
            Assert.Single(rows[2].Errors).Reason);
        Assert.Null(((Vacancy)rows[3].Draft!.Payload).Pay);
        Assert.Equal([new CellError("n", "x", "It isn't a number.")], rows[4].Errors);
    }

    [Fact]
    public async Task Joins_and_places_leave_blank_parts_out()
    {
        var profile = ImportText.Vacancies(
            """
            { "to": "shift_words", "read": "join", "separator": "-", "parts": [
              { "read": "time", "column": "a" }, { "read": "time", "column": "b", "prefix": "to " }] },
            {
              "to": "work_place", "read": "place",
              "columns": ["city", "state"], "separator": ", ", "code_column": "code"
            }
            """);

        var rows = await ImportText.ReadAsync(
            profile,
            """
            id,a,b,city,state,code
            1,08:30,17:00,Palm City,FL,530627000000
            2,,17:00,,FL,441900118
            3,,,,,
            4,,,x,,53x
            """);

        var vacancies = rows.Take(3).Select(row => (Vacancy)row.Draft!.Payload).ToList();
        Assert.Equal(["08:30-to 17:00", "to 17:00", ""], vacancies.Select(vacancy => vacancy.ShiftWords));
        Assert.Equal(new Place { Words = "Palm City, FL", DivisionCode = "530627" }, vacancies[0].WorkPlace);
        Assert.Equal(new Place { Words = "FL", DivisionCode = "441900118" }, vacancies[1].WorkPlace);
        Assert.Null(vacancies[2].WorkPlace);
        Assert.Equal("It isn't a division code of 2, 4, 6, 9 or 12 digits.", Assert.Single(rows[3].Errors).Reason);
    }

    [Fact]
    public async Task Any_kind_can_be_mapped_with_lists_flags_and_messages_inside()
    {
        var profile = MappingProfiles.Parse(
            """
            {
              "name": "t", "description": "A test.", "kind": "household",
              "fields": [
                { "to": "has_disabled_member", "read": "yes_no", "column": "残疾" },
                { "to": "relocation", "read": "yes_no", "column": "搬迁" },
                { "to": "card_status_history[1].status", "constant": "CARD_STATUS_OUT_OF_POVERTY",
                  "when": [{ "column": "状态", "in": ["已脱贫"] }] },
                { "to": "card_status_history[0].from_date", "read": "date", "forms": ["year"], "column": "年度" },
                { "to": "card_status_history[0].status", "constant": "CARD_STATUS_POOR",
                  "when": [{ "column": "年度", "filled": true }] }
              ]
            }
            """,
            "test");

        var rows = await ImportText.ReadAsync(
            profile, "*残疾,搬迁＊,状态,年度\n是,否,已脱贫,2014\n否,是,未脱贫,\n是,否,已脱贫,\n");

        var first = (Household)rows[0].Draft!.Payload;
        Assert.Equal((true, null), (first.HasDisabledMember, first.Relocation));
        Assert.Equal([CardStatus.Poor, CardStatus.OutOfPoverty], first.CardStatusHistory.Select(entry => entry.Status));
        Assert.Equal(new Date { Year = 2014 }, first.CardStatusHistory[0].FromDate);
        Assert.Equal(new Household { Relocation = new Relocation() }, rows[1].Draft!.Payload);
        var third = (Household)rows[2].Draft!.Payload;
        Assert.Equal(CardStatus.OutOfPoverty, Assert.Single(third.CardStatusHistory).Status);
        Assert.All(rows, row => Assert.Null(row.Draft!.ExternalKey));
    }

    [Fact]
    public async Task A_column_given_for_every_row_fills_what_the_file_lacks_or_leaves_blank()
    {
        var profile = ImportText.Vacancies(Title);
        var given = new Dictionary<string, string> { ["title"] = "普工" };
        var options = new ImportOptions { Columns = given, Source = "other" };

        var absent = await ImportText.ReadAsync(profile, "id\n1\n", options);
        var blank = await ImportText.ReadAsync(profile, "id,title\n1,\n2,保安\n", options);

        Assert.Equal("普工", ((Vacancy)absent[0].Draft!.Payload).Title);
        Assert.Equal(["普工", "保安"], blank.Select(row => ((Vacancy)row.Draft!.Payload).Title));
        Assert.Equal("other", absent[0].Draft!.ExternalKey!.Source);
    }

    [Fact]
    public async Task A_header_that_does_not_fit_names_everything_that_is_missing_and_what_it_has()
    {
        var profile = ImportText.Vacancies(
            Title + """
            ,{ "to": "headcount", "read": "integer", "column": "n" },
            { "to": "description", "read": "text", "column": "d" }
            """,
            """ "optional_columns": ["d"], """);

        var error = await Assert.ThrowsAsync<ProfileException>(
            () => ImportText.ReadAsync(profile, "id,id,name\n1,2,3\n"));

        Assert.Equal(
            [
                "The column 'title' is missing.",
                "The column 'n' is missing.",
                "The column 'id' stands in the header 2 times.",
                "The header has: id, id, name.",
            ],
            error.Errors);
    }

    [Fact]
    public async Task The_mark_at_the_start_of_a_file_is_no_part_of_the_header()
    {
        using var stream = new MemoryStream([0xEF, 0xBB, 0xBF, .. "title,id\n普工,1\n"u8]);

        var rows = await ImportText.ReadAsync(ImportText.Vacancies(Title), stream);

        Assert.Equal("普工", ((Vacancy)Assert.Single(rows).Draft!.Payload).Title);
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_refused_and_not_guessed_at()
    {
        // 普工 in GBK, the encoding that older spreadsheets save in.
        using var stream = new MemoryStream([.. "id,title\n1,"u8, 0xC6, 0xD5, 0xB9, 0xA4, .. "\n"u8]);

        var error = await Assert.ThrowsAsync<CsvFormatException>(
            () => ImportText.ReadAsync(ImportText.Vacancies(Title), stream));

        Assert.Contains("isn't UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_in_another_script_are_found_and_kept_as_they_were_typed()
    {
        var profile = ImportText.Vacancies(
            Title + """, { "to": "work_place", "read": "place", "columns": ["place"] }, """
            + """{ "to": "status", "read": "list", "column": "status", "values": { "开放": "VACANCY_STATUS_OPEN" } }""");

        var rows = await ImportText.ReadAsync(
            profile, "id,title,place,status\n1,製(zhì)鞋工,廣東省東莞(guǎn)市大嶺山鎮,開(kāi)放\n");

        Assert.Empty(rows[0].Errors);
        var vacancy = (Vacancy)rows[0].Draft!.Payload;
        Assert.Equal("製(zhì)鞋工", vacancy.Title);
        Assert.Equal(VacancyStatus.Open, vacancy.Status);
        Assert.Equal(("441900118", "廣東省東莞(guǎn)市大嶺山鎮"), (vacancy.WorkPlace.DivisionCode, vacancy.WorkPlace.Words));
    }

    [Fact]
    public async Task A_damaged_character_is_an_error_and_not_a_blank()
    {
        var rows = await ImportText.ReadAsync(ImportText.Vacancies(Title), "id,title\n1,普\uFFFD\n");

        Assert.Equal("It holds a damaged character. Write the word again.", Assert.Single(rows[0].Errors).Reason);
    }

    [Theory]
    [InlineData("1\n", "The row has 1 cells; the header has 2.")]
    [InlineData("1,a,b\n", "The row has 3 cells; the header has 2.")]
    [InlineData("1,a\"b\n", "A quote isn't closed, or stands inside a cell that isn't quoted.")]
    public async Task A_record_that_has_another_shape_is_an_error_and_keeps_its_cells(string record, string reason)
    {
        var rows = await ImportText.ReadAsync(ImportText.Vacancies(Title), "id,title\n" + record + "2,普工\n");

        var error = Assert.Single(rows[0].Errors);
        Assert.Equal((reason, "1"), (error.Reason, rows[0].Source["id"]));
        Assert.Equal(record.EndsWith(",b\n", StringComparison.Ordinal) ? "b" : "", error.Value);
        Assert.NotNull(rows[1].Draft);
    }

    [Fact]
    public async Task Records_without_a_filled_cell_are_no_rows()
    {
        var rows = await ImportText.ReadAsync(ImportText.Vacancies(Title), "id,title\n1,普工\n , \n,\n\n2,保安,,\n");

        Assert.Equal([2L, 6L], rows.Where(row => row.Draft is not null).Select(row => row.Source.Line));
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_is_an_error_and_swallows_nothing_in_secret()
    {
        var rows = await ImportText.ReadAsync(ImportText.Vacancies(Title), "id,title\n1,\"a\n2,b\n3,c\n");

        Assert.Equal(
            "A quote isn't closed, or stands inside a cell that isn't quoted.",
            Assert.Single(Assert.Single(rows).Errors).Reason);
    }

    [Fact]
    public async Task An_empty_file_lacks_its_header() =>
        await Assert.ThrowsAsync<CsvFormatException>(() => ImportText.ReadAsync(ImportText.Vacancies(Title), ""));
}
