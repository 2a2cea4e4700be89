using Exchange.Node.Tests.Records;
using Exchange.V1;
using Date = Google.Type.Date;
using Type = Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Reporting;

/// <summary>Writes people, their work and what else reports count, one call a thing.</summary>
internal sealed class FigureWorld(FigureBench bench)
{
    private readonly Dictionary<string, string> _vacancies = [];

    /// <summary>A worker of a county, able to work.</summary>
    public Task<string> WorkerAsync(string division, bool card = false, Action<Worker>? change = null)
    {
        var worker = new Worker
        {
            Name = "王小明",
            RegisteredPlace = Samples.Place(division, "某地"),
            LabourCapacity = LabourCapacity.Ordinary,
        };
        if (card)
        {
            worker.CardStatusHistory.Add(new CardStatusEntry { Status = CardStatus.Poor, FromDate = Samples.Date(2014) });
        }

        change?.Invoke(worker);
        return bench.AddAsync(worker);
    }

    /// <summary>The vacancy of a place, one for all.</summary>
    public async Task<string> VacancyAsync(string place)
    {
        if (!_vacancies.TryGetValue(place, out var id))
        {
            id = await bench.AddAsync(new Vacancy
            {
                Title = "普工",
                WorkPlace = place.Length > 0 ? Samples.Place(place, "某地") : new Place { Words = "外地" },
                Status = VacancyStatus.Open,
            });
            _vacancies.Add(place, id);
        }

        return id;
    }

    /// <summary>A worker begins work somewhere; returns the placement.</summary>
    public async Task<string> PlaceAsync(
        string worker, string place, int year, int month, Action<PlacementEvent>? change = null)
    {
        var placement = bench.NewId();
        await HappenAsync(placement, worker, Type.Started, Samples.Date(year, month, 10), place, change);
        return placement;
    }

    /// <summary>Something happens in a placement; returns the event.</summary>
    public async Task<string> HappenAsync(
        string placement,
        string worker,
        Type type,
        Date day,
        string place = "4419",
        Action<PlacementEvent>? change = null)
    {
        var happened = new PlacementEvent
        {
            PlacementId = placement,
            WorkerId = worker,
            VacancyId = await VacancyAsync(place),
            SendingNode = "zhaotong",
            ReceivingNode = "dongguan",
            Type = type,
            HappenedDate = day,
            NextVacancyId = type == Type.RePlaced ? await VacancyAsync(place) : "",
        };
        if (type is Type.Checked3Months or Type.Checked6Months)
        {
            happened.Evidence = new Evidence { Kind = EvidenceKind.Call, CheckedBy = "服务站", CheckedDate = day };
        }

        change?.Invoke(happened);
        return await bench.AddAsync(happened);
    }
}
