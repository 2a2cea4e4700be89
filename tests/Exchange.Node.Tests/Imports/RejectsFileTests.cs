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
