using Exchange.Node.Imports;
using Exchange.Node.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Imports;

public sealed class RejectsFileTests : IDisposable
{
    private const string Csv = "id,title,count,extra\n1,\"普工, 夜班\",x,keep\n2,保安,4,\n3,,\"y\"\"\",\"a\nb\"\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("rejects").FullName;
    private readonly MappingProfile _profile = ImportText.Vacancies(
        """
        { "to": "title", "read": "text", "column": "title", "required": true },
        { "to": "headcount", "read": "integer", "column": "count" }
        """);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Refused_rows_come_back_whole_with_place_column_value_and_reason()
    {
        var path = await RejectAsync("rejects.csv", Csv);

        Assert.Equal(
            "id,title,count,extra,_row,_column,_value,_reason\r\n"
            + "1,\"普工, 夜班\",x,keep,2,count,x,It isn't a whole number.\r\n"
            + "3,,\"y\"\"\",\"a\nb\",4,title | count,\" | y\"\"\","
            + "\"It is blank, and title is required. | It isn't a whole number.\"\r\n",
            await File.ReadAllTextAsync(path));
        Assert.Equal([0xEF, 0xBB, 0xBF], (await File.ReadAllBytesAsync(path)).Take(3));
    }

    [Fact]
    public async Task A_mended_rejects_file_is_imported_through_the_same_profile()
    {
        var path = await RejectAsync("rejects.csv", Csv);
        var mended = (await File.ReadAllTextAsync(path))
            .Replace("夜班\",x", "夜班\",7", StringComparison.Ordinal)
            .Replace("3,,\"y\"\"\"", "3,清洁工,0", StringComparison.Ordinal);

        var rows = await ImportText.ReadAsync(_profile, mended);

        Assert.Equal(
            [new Vacancy { Title = "普工, 夜班", Headcount = 7 }, new Vacancy { Title = "清洁工" }],
            rows.Select(row => row.Draft!.Payload));
    }

    [Fact]
    public async Task Rejects_of_a_rejects_file_have_the_added_columns_once()
    {
        var first = await RejectAsync("first.csv", Csv);

        var second = await RejectAsync("second.csv", await File.ReadAllTextAsync(first));

        // Only the line moves: the second row has moved up beside the first.
        Assert.Equal(
            (await File.ReadAllTextAsync(first)).Replace(",4,title", ",3,title", StringComparison.Ordinal),
            await File.ReadAllTextAsync(second));
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-5", "'-5")]
    [InlineData("+8613812345678", "'+8613812345678")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "'\r=1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("'=1", "''=1")]
    [InlineData("''", "'''")]
    [InlineData("'", "'")]
    [InlineData("'s", "'s")]
    [InlineData("", "")]
    [InlineData("普工-夜班", "普工-夜班")]
    public void A_cell_is_no_formula_to_a_spreadsheet_and_is_read_as_it_was(string cell, string written)
    {
        Assert.Equal(written, FormulaCells.Write(cell));
        Assert.Equal(cell, FormulaCells.Read(written));
        Assert.False(FormulaCells.IsFormula(written));
    }

    [Fact]
    public async Task Formulas_of_a_source_are_text_in_the_rejects_and_come_back_unchanged()
    {
        const string Cells = "id,title,count,=extra\n=1,\"=HYPERLINK(\"\"http://x\"\")\",-5 of,'=y\n+86,@b,-x,\"\tz\"\n";

        var path = await RejectAsync("first.csv", Cells);
        var text = await File.ReadAllTextAsync(path);
        var again = await RejectAsync("second.csv", text);
        var mended = text.Replace("'-5 of", "'-5", StringComparison.Ordinal).Replace("'-x", "3", StringComparison.Ordinal);
        var rows = await ImportText.ReadAsync(_profile, mended);

        Assert.All(await CellsAsync(path), cell => Assert.False(FormulaCells.IsFormula(cell), cell));
        Assert.Equal(text, await File.ReadAllTextAsync(again));
        Assert.Equal(["=1", "=HYPERLINK(\"http://x\")", "-5", "'=y"], rows[0].Source.Cells.Take(4));
        Assert.Equal("=extra", rows[0].Source.Header.Names[3]);
        Assert.Equal(new Vacancy { Title = "@b", Headcount = 3 }, rows[1].Draft!.Payload);
    }

    [Fact]
    public async Task An_apostrophe_of_any_other_file_is_the_files_own()
    {
        var rows = await ImportText.ReadAsync(_profile, "id,title,count\n1,'=a,2\n");

        Assert.Equal(new Vacancy { Title = "'=a", Headcount = 2 }, rows[0].Draft!.Payload);
    }

    [Fact]
    public async Task What_the_node_refuses_stands_in_the_same_file_beside_its_cell()
    {
        var path = Path.Combine(_folder, "node.csv");
        var row = (await ImportText.ReadAsync(_profile, Csv))[1];
        await using (var file = new RejectsFile(path))
        {
            await file.WriteAsync(
                row.Source,
                _profile,
                [new FieldViolation("headcount", "must be at most 3"), new FieldViolation("employer_id", "is unknown")],
                default);
        }

        Assert.EndsWith(
            "2,保安,4,,3,count | employer_id,\"4 | \",must be at most 3 | is unknown\r\n",
            await File.ReadAllTextAsync(path),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_refused_leaves_no_file()
    {
        var path = await RejectAsync("none.csv", "id,title,count\n1,a,2\n");

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task An_older_file_is_never_written_over()
    {
        var path = await RejectAsync("rejects.csv", Csv);

        await Assert.ThrowsAsync<IOException>(() => RejectAsync("rejects.csv", Csv));
        Assert.NotEqual(0, new FileInfo(path).Length);
    }

    [Fact]
    public async Task Only_the_owner_reads_the_file()
    {
        var path = await RejectAsync("rejects.csv", Csv);

        // Windows has no modes.
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    private static async Task<List<string>> CellsAsync(string path)
    {
        await using var stream = File.OpenRead(path);
        var cells = new List<string>();
        await foreach (var record in CsvRecords.ReadAsync(stream, default))
        {
            cells.AddRange(record.Cells);
        }

        return cells;
    }

    private async Task<string> RejectAsync(string name, string csv)
    {
        var path = Path.Combine(_folder, name);
        await using var file = new RejectsFile(path);
        foreach (var row in (await ImportText.ReadAsync(_profile, csv)).Where(row => row.Draft is null))
        {
            await file.WriteAsync(row, default);
        }

        return path;
    }
}
