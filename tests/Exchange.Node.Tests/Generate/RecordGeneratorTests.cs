using Exchange.Node.Generate;
using Exchange.Node.Imports;
using Exchange.Node.Tests.Imports;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Generate;

public sealed class RecordGeneratorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("generated").FullName;
    private readonly RecordGenerator _generator =
        new(new GeneratorOptions { Workers = 500, Vacancies = 200, Seed = 3 });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_side_gets_what_it_holds_in_an_order_in_which_nothing_waits()
    {
        Assert.Equal(
            [("household", 200), ("worker", 500)],
            _generator.SendingSide().CountBy(record => record.Kind).Select(kind => (kind.Key, kind.Value)));
        Assert.Equal(
            [("employer", 25), ("vacancy", 200)],
            _generator.ReceivingSide().CountBy(record => record.Kind).Select(kind => (kind.Key, kind.Value)));
        Assert.All(_generator.SendingSide(), record => Assert.Null(record.ExternalKey));
        Assert.Equal(225, _generator.ReceivingSide().DistinctBy(record => record.ExternalKey!.SourceId).Count());
    }

    [Fact]
    public void Options_that_are_wrong_are_all_named()
    {
        var options = new GeneratorOptions { Workers = -1, Vacancies = 1_000_000_000, AsOf = new DateOnly(1900, 1, 1) };

        var error = Assert.Throws<ArgumentException>(() => new RecordGenerator(options));

        Assert.Contains("workers, not -1.", error.Message, StringComparison.Ordinal);
        Assert.Contains("vacancies, not 1000000000.", error.Message, StringComparison.Ordinal);
        Assert.Contains("not 1900-01-01.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vacancies_written_as_a_file_come_back_as_they_were()
    {
        await GeneratedFiles.WriteAsync(_generator, _folder, () => { }, default);

        var rows = await ReadAsync(GeneratedFiles.Vacancies, "exchange-vacancies");

        Assert.Equal(_generator.Market.Vacancies(), rows.Select(row => row.Draft!.Payload));
        Assert.Equal(_generator.VacancyKey(199), rows[^1].Draft!.ExternalKey);
    }

    [Fact]
    public async Task Workers_written_as_a_ledger_come_back_with_what_the_ledger_holds()
    {
        await GeneratedFiles.WriteAsync(_generator, _folder, () => { }, default);

        var rows = await ReadAsync(GeneratedFiles.Workers, "village-ledger");

        var expected = _generator.Population.Workers().Select(member => LedgerView(member.Worker));
        Assert.Equal(expected, rows.Select(row => row.Draft!.Payload));
    }

    [Fact]
    public async Task Households_written_as_a_ledger_come_back_with_what_the_ledger_holds()
    {
        var written = await GeneratedFiles.WriteAsync(_generator, _folder, () => { }, default);

        var rows = await ReadAsync(GeneratedFiles.Households, "village-ledger-households");

        Assert.Equal(200, written[GeneratedFiles.Households]);
        Assert.All(
            _generator.Population.Households().Zip(rows.Select(row => (Household)row.Draft!.Payload)),
            pair =>
            {
                Assert.Equal(pair.First.HeadIdNumber, pair.Second.HeadIdNumber);
                Assert.Equal(pair.First.Place, pair.Second.Place);
                Assert.Equal(pair.First.Relocation?.Settlement, pair.Second.Relocation?.Settlement);
                Assert.Equal(
                    pair.First.CardStatusHistory.LastOrDefault()?.Status,
                    pair.Second.CardStatusHistory.LastOrDefault()?.Status);
            });
    }

    /// <summary>A worker with those fields only that a row of the ledger holds.</summary>
    private static Worker LedgerView(Worker worker)
    {
        var view = worker.Clone();
        view.EthnicityCode = "";
        view.CardStatusHistory.Clear();
        view.Skills.Clear();
        view.SupportNeeds.Clear();
        view.RelationToHead = worker.RelationToHead == "户主" ? "户主" : "";
        view.Disability = worker.Disability is null ? null : new Disability();
        view.Willingness = worker.Willingness is null ? null : new Willingness { Kind = worker.Willingness.Kind };
        view.Remark = worker.EmploymentStatus == EmploymentStatus.InSchool ? "上学状态：上中学" : "";
        return view;
    }

    private async Task<List<ImportRow>> ReadAsync(string file, string profile)
    {
        await using var stream = File.OpenRead(Path.Combine(_folder, file));
        return await ImportText.ReadAsync(MappingProfiles.Load(profile), stream);
    }
}
