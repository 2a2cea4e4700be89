using Exchange.Node.Placements;
using Exchange.V1;
using Type = Exchange.V1.PlacementEventType;

namespace Exchange.Node.Figures;

/// <summary>
/// What a placement comes to in figures: work that began, returns home, stays. Told anew from all its events whenever
/// one comes, in the order of their days; the same seen by both nodes is one.
/// </summary>
internal sealed class PlacementFacts(FigureTables tables)
{
    /// <summary>Takes in an event as it is now.</summary>
    public void Read(Guid id, PlacementEvent? held)
    {
        var ordinal = tables.Events.OrdinalOf(id);
        ref var row = ref tables.Events[ordinal];
        if (held is null)
        {
            // Of which placement it was, only the row knows; one that was never read belongs to none.
            row.Present = false;
            if (row.Placement > 0)
            {
                Tell(row.Placement - 1);
            }

            return;
        }

        var placement = tables.Placements.OrdinalOf(held.PlacementId);
        if (placement < 0)
        {
            return;
        }

        row.Present = true;
        row.Day = Days.Of(held.HappenedDate);
        row.Type = held.Type;
        row.Organisation = held.Organisation;
        row.Channel = held.Channel;
        row.Reason = held.LeaveReason;
        row.Pay = MonthlyPay(held.Pay);
        row.Vacancy = tables.Vacancies.OrdinalOf(
            held.Type is Type.RePlaced or Type.ChangedJob ? held.NextVacancyId : held.VacancyId);
        row.Voided = Guid.TryParseExact(held.VoidedEventId, "D", out var voided) ? voided : Guid.Empty;
        if (row.Placement == 0)
        {
            row.Placement = placement + 1;
            ref var placed = ref tables.Placements[placement];
            (row.Next, placed.FirstEvent) = (placed.FirstEvent, ordinal + 1);
        }

        ChangeWorker(placement, tables.Workers.OrdinalOf(held.WorkerId));
        Tell(placement);
    }

    private void ChangeWorker(int placement, int worker)
    {
        ref var placed = ref tables.Placements[placement];
        if (placed.Worker != worker + 1)
        {
            SetStanding(placement, isWorking: false, isOpen: false);
            placed.Worker = worker + 1;
        }
    }

    private void Tell(int placement)
    {
        var worker = tables.Placements[placement].Worker - 1;
        var story = new Story(worker);
        foreach (var (id, e) in EventsOf(placement))
        {
            story.Add(id, e);
        }

        SetStanding(placement, story.IsWorking, story.IsOpen);
        tables.Placements[placement].Facts = [.. story.Facts()];
    }

    private List<(Guid Id, EventRow Event)> EventsOf(int placement)
    {
        var events = new List<(Guid Id, EventRow Event)>();
        for (var next = tables.Placements[placement].FirstEvent; next > 0; next = tables.Events[next - 1].Next)
        {
            if (tables.Events[next - 1].Present)
            {
                events.Add((tables.Events.IdOf(next - 1), tables.Events[next - 1]));
            }
        }

        if (events.Exists(one => one.Event.Type == Type.RecordedInError))
        {
            var voids = new PlacementVoids([.. events.Select(Observe)]);
            events.RemoveAll(one => one.Event.Type == Type.RecordedInError || voids.IsVoid(Observe(one)));
        }

        events.Sort((left, right) => (left.Event.Day, left.Event.Type, left.Id)
            .CompareTo((right.Event.Day, right.Event.Type, right.Id)));
        return events;
    }

    private void SetStanding(int placement, bool isWorking, bool isOpen)
    {
        ref var placed = ref tables.Placements[placement];
        if (placed.Worker > 0 && (placed.IsWorking, placed.IsOpen) != (isWorking, isOpen))
        {
            var row = tables.Workers[placed.Worker - 1];
            row.Working += Step(placed.IsWorking, isWorking);
            row.Open += Step(placed.IsOpen, isOpen);
            (placed.IsWorking, placed.IsOpen) = (isWorking, isOpen);
            tables.ChangeWorker(placed.Worker - 1, row);
        }
    }

    private static long MonthlyPay(PayRange? pay) => pay is { Unit: PayUnit.Month, Currency: "CNY" }
        ? pay.MinMinor > 0 ? pay.MinMinor : pay.MaxMinor
        : 0;

    private static short Step(bool before, bool after) => (short)(Convert.ToInt16(after) - Convert.ToInt16(before));

    private static ObservedEvent Observe((Guid Id, EventRow Event) one) => new(
        one.Id.ToString(),
        "",
        0,
        new PlacementEvent { Type = one.Event.Type, VoidedEventId = one.Event.Voided.ToString() });

    private sealed class Story(int worker)
    {
        private readonly List<PlacementFact> _facts = [];
        private Organisation _organisation;
        private IntroducingChannel _channel;
        private int _return = -1;
        private int _earning = -1;
        private long _pay;
        private bool _hasBegun;

        public bool IsWorking { get; private set; }

        /// <summary>It goes on: the last step wasn't an end.</summary>
        public bool IsOpen { get; private set; }

        public void Add(Guid id, in EventRow e)
        {
            IsOpen = e.Type is not (Type.Left or Type.ReturnedHome or Type.Declined);
            _organisation = e.Organisation != default ? e.Organisation : _organisation;
            _channel = e.Channel != default ? e.Channel : _channel;
            switch (e.Type)
            {
                case Type.Started when !_hasBegun:
                    _hasBegun = IsWorking = true;
                    Count(Measure.Transferred, id, e);
                    break;
                case Type.RePlaced when _return >= 0:
                    (IsWorking, _pay) = (true, 0);
                    Replace(e);
                    Count(Measure.Transferred, id, e);
                    break;
                case Type.ReturnedHome when _return < 0:
                    IsWorking = false;
                    Count(Measure.Returned, id, e);
                    _return = _facts.Count - 1;
                    break;
                case Type.Checked3Months:
                    CountOnce(Measure.Stayed3Months, id, e);
                    Keep(Measure.Kept3Months, id, e);
                    break;
                case Type.Checked6Months:
                    CountOnce(Measure.Stayed6Months, id, e);
                    Keep(Measure.Kept3Months, id, e);
                    Keep(Measure.Kept6Months, id, e);
                    break;
                case Type.ChangedJob:
                    IsWorking = true;
                    End(e.Day);
                    break;
                case Type.Left:
                    IsWorking = false;
                    break;
            }

            Earn(id, e);
        }

        // Whether it was organised may be told before work began or after.
        public IEnumerable<PlacementFact> Facts() => _facts.Select(fact => fact with
        {
            Row = fact.Row with { Organisation = _organisation, Channel = _channel },
        });

        private void Replace(in EventRow e)
        {
            var fact = _facts[_return];
            fact.Row.Outcome = (byte)ReturnOutcome.Replaced;
            fact.Row.EndDay = e.Day;
            fact.Row.Link = e.Vacancy;
            _facts[_return] = fact;
            _return = -1;
        }

        // Each stretch of work is checked once, whoever else saw it too.
        private void CountOnce(Measure measure, Guid id, in EventRow e)
        {
            var last = _facts.FindLastIndex(fact => fact.Measure == measure);
            if (last < _facts.FindLastIndex(fact => fact.Measure == Measure.Transferred) || last < 0)
            {
                Count(measure, id, e);
            }
        }

        // Whoever is found after six months was there after three.
        private void Keep(Measure measure, Guid id, in EventRow e)
        {
            var began = _facts.FindLastIndex(fact => fact.Measure == Measure.Transferred);
            if (began >= 0 && _facts.FindLastIndex(fact => fact.Measure == measure) < began)
            {
                var row = _facts[began].Row with { Id = id, EndDay = e.Day };
                _facts.Add(new PlacementFact { Measure = measure, Row = row });
            }
        }

        // One fact for each stretch of work at one pay. Pay that is first stated later held from the first day.
        private void Earn(Guid id, in EventRow e)
        {
            if (e.Pay > 0 && _pay > 0 && e.Pay != _pay)
            {
                End(e.Day);
            }

            _pay = e.Pay > 0 ? e.Pay : _pay;
            if (IsWorking && _earning < 0)
            {
                Count(Measure.Income, id, e);
                _earning = _facts.Count - 1;
            }

            if (_earning >= 0)
            {
                var fact = _facts[_earning];
                fact.Row.Amount = _pay;
                _facts[_earning] = fact;
            }

            if (!IsWorking)
            {
                End(e.Day);
            }
        }

        // What a job pays says nothing of the next one.
        private void End(int day)
        {
            if (_earning >= 0)
            {
                var fact = _facts[_earning];
                fact.Row.EndDay = day;
                _facts[_earning] = fact;
                (_earning, _pay) = (-1, 0);
            }
        }

        private void Count(Measure measure, Guid id, in EventRow e) => _facts.Add(new PlacementFact
        {
            Measure = measure,
            Row = new FactRow
            {
                Present = true,
                Id = id,
                IsEvent = true,
                Worker = worker,
                Link = measure == Measure.Returned ? -1 : e.Vacancy,
                Other = -1,
                Day = e.Day,
                Kind = (byte)e.Reason,
            },
        });
    }
}
