using System.Collections.Frozen;
using Exchange.Node.Matching;
using Exchange.Node.Workers;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Figures;

/// <summary>Puts what records say into the tables; an absent payload takes a record out.</summary>
internal sealed class FactReader(FigureTables tables)
{
    private const short Once = 1;

    private static readonly FrozenSet<string> Kinds = new[]
    {
        "worker", "household", "vacancy", "subsidy_policy", "payment_batch", "placement_event", "training_class",
        "enrolment", "certificate", "subsidy_payment", "return_home", "start_up", "school_leaver", "job_fair",
        "employment_base", "dispatch_batch",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether figures need records of a kind.</summary>
    public static bool Reads(string kind) => Kinds.Contains(kind);

    /// <summary>Takes in a record as it is now.</summary>
    /// <param name="kind">Its kind; one that no figure needs is passed over.</param>
    /// <param name="id">Its id.</param>
    /// <param name="payload">What it says; null for one that is gone, or kept and not used.</param>
    public void Read(string kind, Guid id, ByteString? payload)
    {
        switch (kind)
        {
            case "worker":
                ReadWorker(id, Parse(Worker.Parser, payload));
                break;
            case "household":
                var household = Parse(Household.Parser, payload);
                tables.ChangeHousehold(
                    tables.Households.OrdinalOf(id),
                    household is not null,
                    CodeOf(household?.Place),
                    tables.Cards.OrdinalOf(household?.CardStatusHistory ?? []),
                    household?.Relocation is not null);
                break;
            case "vacancy":
                var vacancy = Parse(Vacancy.Parser, payload);
                tables.Vacancies[tables.Vacancies.OrdinalOf(id)] =
                    new LinkRow { Present = vacancy is not null, Place = CodeOf(vacancy?.WorkPlace) };
                tables.Posts[tables.Posts.OrdinalOf(id)].Terms = vacancy is not null && PostTerms.IsOffered(vacancy)
                    ? new PostTerms(vacancy, tables.Trades, tables.Codes)
                    : null;
                break;
            case "subsidy_policy":
                var policy = Parse(SubsidyPolicy.Parser, payload);
                tables.Policies[tables.Policies.OrdinalOf(id)] =
                    new LinkRow { Present = policy is not null, Kind = (byte)(policy?.Kind ?? default) };
                break;
            case "payment_batch":
                var batch = Parse(PaymentBatch.Parser, payload);
                tables.PaymentBatches[tables.PaymentBatches.OrdinalOf(id)] =
                    new LinkRow { Present = batch is not null, Programme = IdOf(batch?.ProgrammeId) };
                break;
            case "placement_event":
                new PlacementFacts(tables).Read(id, Parse(PlacementEvent.Parser, payload));
                break;
            default:
                ReadFact(kind, id, payload);
                break;
        }
    }

    private void ReadFact(string kind, Guid id, ByteString? payload)
    {
        switch (kind)
        {
            case "training_class":
                ReadClass(id, Parse(TrainingClass.Parser, payload));
                break;
            case "enrolment":
                ReadEnrolment(id, Parse(Enrolment.Parser, payload));
                break;
            case "certificate":
                ReadCertificate(id, Parse(Certificate.Parser, payload));
                break;
            case "subsidy_payment":
                ReadPayment(id, Parse(SubsidyPayment.Parser, payload));
                break;
            case "return_home":
                ReadReturn(id, Parse(ReturnHome.Parser, payload));
                break;
            case "start_up":
                ReadStartUp(id, Parse(StartUp.Parser, payload));
                break;
            case "school_leaver":
                ReadLeaver(id, Parse(SchoolLeaver.Parser, payload));
                break;
            case "job_fair":
                ReadFair(id, Parse(JobFair.Parser, payload));
                break;
            case "employment_base":
                ReadBase(id, Parse(EmploymentBase.Parser, payload));
                break;
            case "dispatch_batch":
                ReadBatch(id, Parse(DispatchBatch.Parser, payload));
                break;
        }
    }

    private void ReadWorker(Guid id, Worker? worker)
    {
        var ordinal = tables.Workers.OrdinalOf(id);
        var held = tables.Workers[ordinal];
        var row = new WorkerRow
        {
            Household = -1,
            Trained = held.Trained,
            Certified = held.Certified,
            Working = held.Working,
            Businesses = held.Businesses,
            Open = held.Open,
        };
        if (worker is not null)
        {
            row.Present = true;
            row.Area = CodeOf(worker.RegisteredPlace);
            row.Household = tables.Households.OrdinalOf(worker.HouseholdId);
            row.Card = tables.Cards.OrdinalOf(worker.CardStatusHistory);
            row.BirthDay = Days.Of(WorkerRules.BirthDate(worker));
            row.Capacity = worker.LabourCapacity;
            row.Status = worker.EmploymentStatus;
            row.Schooling = worker.Schooling?.Band ?? default;
            row.HasSkill = worker.Skills.Count > 0;
            row.AwayPlace = worker.WorkHistory.LastOrDefault(entry => entry.ToDate is null) is { } last
                ? CodeOf(last.Place)
                : CodeTable.None;
            row.Profile = tables.Profiles.OrdinalOf(MatchFields.TraitsOf(worker));
        }

        tables.ChangeWorker(ordinal, row);
    }

    private void ReadClass(Guid id, TrainingClass? held)
    {
        tables.Classes[tables.Classes.OrdinalOf(id)] = new LinkRow
        {
            Present = held is not null,
            Place = CodeOf(held?.Place),
            Day = Days.Of(held?.EndDate),
            Kind = (byte)(held?.Kind ?? default),
            Programme = IdOf(held?.ProgrammeId),
        };
        ref var row = ref Row(Measure.Classes, id, held is not null);
        if (held is not null)
        {
            row.Area = CodeOf(held.Place);
            row.Link = tables.Classes.OrdinalOf(id);
        }
    }

    private void ReadEnrolment(Guid id, Enrolment? held)
    {
        var finished = held?.Status is EnrolmentStatus.Completed or EnrolmentStatus.Failed ? held : null;
        var before = Before(Measure.Trained, id);
        ref var row = ref Row(Measure.Trained, id, finished is not null);
        if (finished is not null)
        {
            row.Worker = tables.Workers.OrdinalOf(finished.WorkerId);
            row.Area = CodeOf(finished.Place);
            row.Link = tables.Classes.OrdinalOf(finished.TrainingClassId);
            row.Outcome = (byte)finished.Outcome;
            row.Card = MarkOf(finished.CardHolder);
        }

        Mark(before, row.Worker, (ref WorkerRow worker, short by) => worker.Trained += by);
    }

    private void ReadCertificate(Guid id, Certificate? held)
    {
        ref var worker = ref tables.Certificates[tables.Certificates.OrdinalOf(id)];
        var before = worker - 1;
        worker = held is null ? 0 : tables.Workers.OrdinalOf(held.WorkerId) + 1;
        Mark(before, worker - 1, (ref WorkerRow row, short by) => row.Certified += by);
    }

    private void ReadPayment(Guid id, SubsidyPayment? held)
    {
        var paid = held?.State == PaymentState.Paid ? held : null;
        ref var row = ref Row(Measure.Paid, id, paid is not null);
        if (paid is not null)
        {
            row.Worker = tables.Workers.OrdinalOf(paid.WorkerId);
            row.Link = tables.Policies.OrdinalOf(paid.SubsidyPolicyId);
            row.Other = tables.PaymentBatches.OrdinalOf(paid.PaymentBatchId);
            row.EndDay = tables.Placements.OrdinalOf(paid.PlacementId);
            row.Day = Days.Of(paid.ConditionMetDate);
            row.Year = (short)paid.ForYear;
            row.Amount = paid.AmountFen;
        }
    }

    private void ReadReturn(Guid id, ReturnHome? held)
    {
        ref var row = ref Row(Measure.Returned, id, held is not null);
        if (held is not null)
        {
            row.Worker = tables.Workers.OrdinalOf(held.WorkerId);
            row.Area = CodeOf(held.Place);
            row.Day = Days.Of(held.ReturnedDate);
            row.EndDay = Days.Of(held.ReplacedDate);
            row.Kind = (byte)held.Reason;
            row.Outcome = (byte)(held.WantsToLeave ? ReturnOutcome.Waiting : ReturnOutcome.NoWish);
            row.Place = tables.Codes.OrdinalOf(held.ReplacedDivisionCode);
            row.Card = MarkOf(held.CardHolder);
        }
    }

    private void ReadStartUp(Guid id, StartUp? held)
    {
        var before = Before(Measure.StartUps, id, one => one.EndDay == Days.None);
        ref var row = ref Row(Measure.StartUps, id, held is not null);
        if (held is not null)
        {
            row.Worker = tables.Workers.OrdinalOf(held.WorkerId);
            row.Area = CodeOf(held.Place);
            row.Day = Days.Of(held.StartDate);
            row.EndDay = Days.Of(held.EndDate);
            row.Kind = (byte)held.Kind;
        }

        Mark(
            before,
            row.EndDay == Days.None ? row.Worker : -1,
            (ref WorkerRow worker, short by) => worker.Businesses += by);
    }

    private void ReadLeaver(Guid id, SchoolLeaver? held)
    {
        ref var row = ref Row(Measure.SchoolLeavers, id, held is not null);
        if (held is not null)
        {
            row.Worker = tables.Workers.OrdinalOf(held.WorkerId);
            row.Area = CodeOf(held.Place);
            row.Year = (short)held.Year;
            row.Outcome = (byte)held.Outcome;
            row.Card = MarkOf(held.CardHolder);
        }
    }

    private void ReadFair(Guid id, JobFair? held)
    {
        ref var row = ref Row(Measure.JobFairs, id, held is not null);
        if (held is not null)
        {
            row.Area = CodeOf(held.Place);
            row.Place = CodeOf(held.PartnerPlace);
            row.Day = Days.Of(held.HeldDate);
            row.Kind = (byte)held.Level;
        }
    }

    private void ReadBase(Guid id, EmploymentBase? held)
    {
        ref var row = ref Row(Measure.Bases, id, held?.RecognisedDate is not null);
        if (row.Present)
        {
            row.Area = CodeOf(held!.Place);
            row.Day = Days.Of(held.RecognisedDate);
            row.EndDay = Days.Of(held.EndedDate);
            row.Kind = (byte)held.Kind;
        }
    }

    private void ReadBatch(Guid id, DispatchBatch? held)
    {
        var left = held?.Status is DispatchStatus.Departed or DispatchStatus.Arrived or DispatchStatus.Reconciled;
        ref var row = ref Row(Measure.Batches, id, left);
        if (left)
        {
            row.Area = CodeOf(held!.FromPlace);
            row.Place = CodeOf(held.ToPlace);
            row.Day = Days.Of(held.DepartureDate);
            row.Kind = (byte)held.Transport;
        }
    }

    private ref FactRow Row(Measure measure, Guid id, bool present)
    {
        var table = tables.Facts[measure];
        ref var row = ref table[table.OrdinalOf(id)];
        row = new FactRow { Present = present, Id = id, Worker = -1, Link = -1, Other = -1 };
        return ref row;
    }

    // The worker to whom a fact counted so far; -1 for nobody.
    private int Before(Measure measure, Guid id, Func<FactRow, bool>? counts = null)
    {
        var table = tables.Facts[measure];
        var row = table[table.OrdinalOf(id)];
        return row.Present && counts?.Invoke(row) != false ? row.Worker : -1;
    }

    private void Mark(int before, int after, WorkerChange change)
    {
        if (before == after)
        {
            return;
        }

        foreach (var (worker, by) in new[] { (before, (short)-Once), (after, Once) }.Where(one => one.Item1 >= 0))
        {
            var row = tables.Workers[worker];
            change(ref row, by);
            tables.ChangeWorker(worker, row);
        }
    }

    private int CodeOf(Place? place) => tables.Codes.OrdinalOf(place?.DivisionCode ?? "");

    private static Guid IdOf(string? id) => Guid.TryParseExact(id, "D", out var parsed) ? parsed : Guid.Empty;

    private static CardMark MarkOf(bool cardHolder) => cardHolder ? CardMark.Card : CardMark.Other;

    private static T? Parse<T>(MessageParser<T> parser, ByteString? payload)
        where T : class, IMessage<T> => payload is null ? null : parser.ParseFrom(payload);

    private delegate void WorkerChange(ref WorkerRow row, short by);
}
