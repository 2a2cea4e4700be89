using System.Globalization;
using Exchange.Node.Placements;
using Exchange.V1;
using Date = Google.Type.Date;

namespace Exchange.Node.Tests.Placements;

/// <summary>The events of one placement, told in the order in which they are entered.</summary>
internal sealed class Story
{
    public const string Worker = "019a0000-0000-7000-8000-0000000000aa";
    public const string Vacancy = "019a0000-0000-7000-8000-0000000000bb";
    public const string OtherVacancy = "019a0000-0000-7000-8000-0000000000cc";
    public const string PlacementId = "019a0000-0000-7000-8000-0000000000dd";
    public const string Sending = "zhaotong";
    public const string Receiving = "dongguan";

    private readonly List<ObservedEvent> _events = [];

    public IReadOnlyList<ObservedEvent> Events => _events;

    public Placement Placement => PlacementStates.Compute(_events);

    /// <summary>Enters an event; its clock reads later than those of all before.</summary>
    public Story Add(PlacementEventType type, string day, string node = Sending, Action<PlacementEvent>? with = null)
    {
        var told = new PlacementEvent
        {
            PlacementId = PlacementId,
            WorkerId = Worker,
            VacancyId = Vacancy,
            SendingNode = Sending,
            ReceivingNode = Receiving,
            Type = type,
            HappenedDate = DateOf(day),
        };
        with?.Invoke(told);
        _events.Add(new ObservedEvent(IdOf(_events.Count), node, 1000UL + (ulong)_events.Count, told));
        return this;
    }

    /// <summary>Enters that an event was a mistake.</summary>
    /// <param name="index">Which one, counted from 0 in the order of entry.</param>
    /// <param name="node">Who says so.</param>
    public Story Void(int index, string node = Sending) =>
        Add(PlacementEventType.RecordedInError, "2026-12-31", node, told => told.VoidedEventId = IdOf(index));

    public static string IdOf(int index) =>
        $"019a0000-0000-7000-8000-{index.ToString("x12", CultureInfo.InvariantCulture)}";

    public static Date DateOf(string day)
    {
        var date = DateOnly.Parse(day, CultureInfo.InvariantCulture);
        return new Date { Year = date.Year, Month = date.Month, Day = date.Day };
    }
}
