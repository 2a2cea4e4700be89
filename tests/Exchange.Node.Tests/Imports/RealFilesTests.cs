using Exchange.Node.Imports;
using Xunit;

namespace Exchange.Node.Tests.Imports;

/// <summary>
/// Counts what becomes of the real files; docs/operating/real-files.md explains every class of reject.
/// </summary>
public sealed class RealFilesTests
{
    [SkippableFact]
    public Task The_orders_of_2018_are_mapped_but_for_eleven() => CheckAsync(
        "h2b-fy2018",
        "open/h2b-job-orders-fy2018.csv",
        (6608, 6597),
        "7 basic_rate_of_pay: isn't one amount of USD with at most 2 decimals",
        "1 job_title: is blank, and title is required",
        "1 pay_unit: isn't one of the words that the profile knows: Hour, Week, Bi-Weekly, Month, Year, Piece Rate",
        "1 schedule_end: has neither AM nor PM",
        "1 schedule_start: has neither AM nor PM",
        "2 worksite_city+worksite_state: is blank, and work_place is required");

    [SkippableFact]
    public Task The_orders_of_2019_are_mapped_but_for_those_whose_pay_has_no_unit() => CheckAsync(
        "h2b-fy2019",
        "open/h2b-job-orders-fy2019.csv",
        (6410, 6226),
        "1 employer_name: is blank, and employer_name is required",
        "2 job_title: is blank, and title is required",
        "184 pay_unit: is blank, and pay.unit is required when basic_rate_of_pay is filled",
        "2 worksite_city+worksite_state: is blank, and work_place is required");

    [SkippableFact]
    public Task The_vacancies_of_Taiwan_are_mapped_but_for_two() => CheckAsync(
        "taiwanjobs",
        "open/taiwanjobs-vacancies-2026.csv",
        (675, 673),
        "2 salary_min: fits none of the cases for pay.unit: " +
        "salary_min lies between 1 and 999; salary_min is at least 10000");

    private static async Task CheckAsync(
        string profile, string file, (int Rows, int Mapped) expected, params string[] reasons)
    {
        await using var stream = File.OpenRead(SharedData.Path(file));

        var rows = await ImportText.ReadAsync(MappingProfiles.Load(profile), stream);

        Assert.Equal(expected, (rows.Count, rows.Count(row => row.Draft is not null)));
        Assert.Equal(
            reasons,
            rows.SelectMany(row => row.Errors)
                .CountBy(error => (error.Column, error.Reason))
                .OrderBy(count => count.Key.Column, StringComparer.Ordinal)
                .Select(count => $"{count.Value} {count.Key.Column}: {count.Key.Reason}"));
    }
}
