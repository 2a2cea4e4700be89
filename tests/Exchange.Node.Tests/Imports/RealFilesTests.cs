using System.Globalization;
using Exchange.Node.Imports;
using Exchange.Node.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Imports;

/// <summary>
/// Counts what becomes of the real files; docs/operating/real-files.md explains every class of reject.
/// </summary>
public sealed class RealFilesTests
{
    private static readonly RecordKind Rules = new RecordKinds().Find("vacancy")!;
    private static readonly RuleContext Context = new(new DateOnly(2026, 1, 1), TestNode: false, "node");

    [SkippableFact]
    public Task The_orders_of_2018_are_mapped_but_for_eleven() => CheckAsync(
        "h2b-fy2018",
        "open/h2b-job-orders-fy2018.csv",
        (6608, 6597, 6595),
        "7 basic_rate_of_pay: It isn't one amount of USD with at most 2 decimals.",
        "2 certification_end_date: It is earlier than start_date. Exchange the two or correct one.",
        "1 job_title: It is blank, and title is required.",
        "1 pay_unit: It isn't one of the words that the profile knows: Hour, Week, Bi-Weekly, Month, Year, Piece Rate.",
        "1 schedule_end: It has neither AM nor PM.",
        "1 schedule_start: It has neither AM nor PM.",
        "2 worksite_city+worksite_state: It is blank, and work_place is required.");

    [SkippableFact]
    public Task The_orders_of_2019_are_mapped_but_for_those_whose_pay_has_no_unit() => CheckAsync(
        "h2b-fy2019",
        "open/h2b-job-orders-fy2019.csv",
        (6410, 6226, 6225),
        "1 certification_end_date: It is earlier than start_date. Exchange the two or correct one.",
        "1 employer_name: It is blank, and employer_name is required.",
        "2 job_title: It is blank, and title is required.",
        "184 pay_unit: It is blank, and pay.unit is required when basic_rate_of_pay is filled.",
        "2 worksite_city+worksite_state: It is blank, and work_place is required.");

    [SkippableFact]
    public Task The_vacancies_of_Taiwan_are_mapped_but_for_two() => CheckAsync(
        "taiwanjobs",
        "open/taiwanjobs-vacancies-2026.csv",
        (675, 673, 673),
        "2 salary_min: It fits none of the cases for pay.unit: " +
        "salary_min lies between 1 and 999; salary_min is at least 10000.");

    [SkippableTheory]
    [InlineData("h2b-fy2018", "open/h2b-job-orders-fy2018.csv", 102_443)]
    [InlineData("h2b-fy2019", "open/h2b-job-orders-fy2019.csv", 103_432)]
    public async Task The_posts_that_were_certified_add_up_to_the_published_number(
        string profile, string file, int posts)
    {
        await using var stream = File.OpenRead(SharedData.Path(file));

        var certified = (await ImportText.ReadAsync(MappingProfiles.Load(profile), stream))
            .Where(row => row.Source["workers_certified"].Length > 0);

        Assert.Equal(posts, certified.Sum(row => row.Draft?.Payload is Vacancy vacancy
            ? vacancy.Headcount
            : int.Parse(row.Source["workers_certified"], CultureInfo.InvariantCulture)));
    }

    private static async Task CheckAsync(
        string profile, string file, (int Rows, int Mapped, int Accepted) expected, params string[] reasons)
    {
        await using var stream = File.OpenRead(SharedData.Path(file));
        var mapping = MappingProfiles.Load(profile);
        var rows = await ImportText.ReadAsync(mapping, stream);

        var refused = rows
            .Where(row => row.Draft is not null)
            .Select(row => Rules.Check(row.Draft!.Payload, Context)
                .Select(violation => (Column: mapping.ColumnOf(violation.Field), Reason: violation.Description))
                .ToList())
            .Where(violations => violations.Count > 0)
            .ToList();

        var mapped = rows.Count(row => row.Draft is not null);
        Assert.Equal(expected, (rows.Count, mapped, mapped - refused.Count));
        Assert.Equal(
            reasons,
            rows.SelectMany(row => row.Errors.Select(error => (error.Column, error.Reason)))
                .Concat(refused.SelectMany(violations => violations))
                .CountBy(refusal => refusal)
                .OrderBy(count => count.Key.Column, StringComparer.Ordinal)
                .Select(count => $"{count.Value} {count.Key.Column}: {count.Key.Reason}"));
    }
}
