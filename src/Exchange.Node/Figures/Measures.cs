using System.Collections.Frozen;
using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Figures;

/// <summary>What can be asked of each measure.</summary>
internal static class Measures
{
    private static readonly Counting[] People = [Counting.Persons, Counting.PersonTimes];
    private static readonly Partition[] OfPersons = [Partition.Area, Partition.Card, Partition.Schooling];
    private static readonly Partition[] OfWork =
    [
        .. OfPersons, Partition.Destination, Partition.Place, Partition.Organisation, Partition.Channel,
    ];

    private static readonly FrozenDictionary<Measure, MeasureRules> Known = new Dictionary<Measure, MeasureRules>
    {
        [Measure.Labour] = new([Counting.Persons], [.. OfPersons, Partition.Kind], "worker"),
        [Measure.Away] = new(
            [Counting.Persons], [.. OfPersons, Partition.Destination, Partition.Place], "worker"),
        [Measure.Transferred] = new(People, OfWork, "placement_event"),
        [Measure.Trained] = new(People, [.. OfPersons, Partition.Kind, Partition.Outcome], "enrolment"),
        [Measure.Classes] = new([Counting.Items], [Partition.Area, Partition.Kind], "training_class"),
        [Measure.Paid] = new(
            [.. People, Counting.Fen], [.. OfWork, Partition.Kind, Partition.Amount], "subsidy_payment"),
        [Measure.Returned] = new(
            People,
            [.. OfPersons, Partition.Destination, Partition.Place, Partition.Kind, Partition.Outcome],
            "return_home",
            "placement_event"),
        [Measure.JobFairs] = new([Counting.Items], [Partition.Area, Partition.Place, Partition.Kind], "job_fair"),
        [Measure.Stayed3Months] = new(People, OfWork, "placement_event"),
        [Measure.Stayed6Months] = new(People, OfWork, "placement_event"),
        [Measure.Kept3Months] = new(People, OfWork, "placement_event"),
        [Measure.Kept6Months] = new(People, OfWork, "placement_event"),
        [Measure.Income] = new([Counting.Fen], OfWork, "placement_event"),
        [Measure.StartUps] = new(People, [.. OfPersons, Partition.Kind], "start_up"),
        [Measure.SchoolLeavers] = new(People, [.. OfPersons, Partition.Outcome], "school_leaver"),
        [Measure.Bases] = new([Counting.Items], [Partition.Area, Partition.Kind], "employment_base"),
        [Measure.Batches] = new(
            [Counting.Items], [Partition.Area, Partition.Place, Partition.Kind], "dispatch_batch"),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<(Measure, Partition), EnumDescriptor> Keys =
        new Dictionary<(Measure, Partition), EnumDescriptor>
        {
            [(Measure.Labour, Partition.Kind)] = Of(Worker.Descriptor, Worker.EmploymentStatusFieldNumber),
            [(Measure.Trained, Partition.Kind)] = Of(TrainingClass.Descriptor, TrainingClass.KindFieldNumber),
            [(Measure.Trained, Partition.Outcome)] = Of(Enrolment.Descriptor, Enrolment.OutcomeFieldNumber),
            [(Measure.Classes, Partition.Kind)] = Of(TrainingClass.Descriptor, TrainingClass.KindFieldNumber),
            [(Measure.Paid, Partition.Kind)] = Of(SubsidyPolicy.Descriptor, SubsidyPolicy.KindFieldNumber),
            [(Measure.Returned, Partition.Kind)] = Of(ReturnHome.Descriptor, ReturnHome.ReasonFieldNumber),
            [(Measure.JobFairs, Partition.Kind)] = Of(JobFair.Descriptor, JobFair.LevelFieldNumber),
            [(Measure.StartUps, Partition.Kind)] = Of(StartUp.Descriptor, StartUp.KindFieldNumber),
            [(Measure.SchoolLeavers, Partition.Outcome)] =
                Of(SchoolLeaver.Descriptor, SchoolLeaver.OutcomeFieldNumber),
            [(Measure.Bases, Partition.Kind)] = Of(EmploymentBase.Descriptor, EmploymentBase.KindFieldNumber),
            [(Measure.Batches, Partition.Kind)] =
                Of(DispatchBatch.Descriptor, DispatchBatch.TransportFieldNumber),
        }.ToFrozenDictionary();

    /// <summary>What can be asked of a measure; null for one that this version doesn't know.</summary>
    public static MeasureRules? Of(Measure measure) => Known.GetValueOrDefault(measure);

    /// <summary>It counts what placements came to, and nothing else.</summary>
    public static bool IsPlaced(Measure measure) =>
        measure is Measure.Transferred or Measure.Stayed3Months or Measure.Stayed6Months
            or Measure.Kept3Months or Measure.Kept6Months or Measure.Income;

    /// <summary>The enum whose names are the keys of a partition; null for one that has others.</summary>
    public static EnumDescriptor? KeysOf(Measure measure, Partition partition) => partition switch
    {
        Partition.Destination => Of(SubsidyTier.Descriptor, SubsidyTier.DestinationFieldNumber),
        Partition.Schooling => Of(Schooling.Descriptor, Schooling.BandFieldNumber),
        Partition.Organisation => Of(PlacementEvent.Descriptor, PlacementEvent.OrganisationFieldNumber),
        Partition.Channel => Of(PlacementEvent.Descriptor, PlacementEvent.ChannelFieldNumber),
        _ => Keys.GetValueOrDefault((measure, partition)),
    };

    private static EnumDescriptor Of(MessageDescriptor message, int field) =>
        message.FindFieldByNumber(field).EnumType;
}

/// <summary>What can be asked of one measure.</summary>
/// <param name="Countings">How it can be counted.</param>
/// <param name="Partitions">How it can be divided.</param>
/// <param name="Kinds">The kinds of the records that it counts.</param>
internal sealed record MeasureRules(
    IReadOnlyList<Counting> Countings, IReadOnlyList<Partition> Partitions, params IReadOnlyList<string> Kinds);
