using System.Globalization;
using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>Makes a population and a labour market as records that a node can be asked to write.</summary>
internal sealed class RecordGenerator
{
    /// <summary>The source of the external keys of employers and vacancies.</summary>
    public const string Source = "exchange-vacancies";

    private readonly ulong _seed;

    /// <exception cref="ArgumentException">The options are wrong; everything is listed.</exception>
    public RecordGenerator(GeneratorOptions options)
    {
        if (options.Check().ToList() is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join(" ", errors), nameof(options));
        }

        _seed = options.Seed;
        Population = new Population(options);
        Market = new LabourMarket(options);
    }

    /// <summary>Workers and households.</summary>
    public Population Population { get; }

    /// <summary>Employers and vacancies.</summary>
    public LabourMarket Market { get; }

    /// <summary>
    /// Households, then workers: what the sending side holds. Found again by ID number, so they have no key.
    /// </summary>
    public IEnumerable<GeneratedRecord> SendingSide() =>
        Population.Households().Select(household => new GeneratedRecord("household", null, household))
            .Concat(Population.Workers().Select(member => new GeneratedRecord("worker", null, member.Worker)));

    /// <summary>Employers, then vacancies: what the receiving side holds.</summary>
    public IEnumerable<GeneratedRecord> ReceivingSide() =>
        Market.Employers().Select((employer, i) => new GeneratedRecord("employer", Key('E', i), employer))
            .Concat(Market.Vacancies().Select((vacancy, i) => new GeneratedRecord("vacancy", Key('V', i), vacancy)));

    /// <summary>The key of a vacancy, by its number counted from 0: the same in messages and in files.</summary>
    public ExternalKey VacancyKey(long vacancy) => Key('V', vacancy);

    private ExternalKey Key(char kind, long number) => new()
    {
        Source = Source,
        SourceId = string.Create(CultureInfo.InvariantCulture, $"{kind}{_seed}-{number + 1:000000}"),
    };
}
