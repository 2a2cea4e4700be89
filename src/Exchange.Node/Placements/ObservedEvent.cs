using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Placements;

/// <summary>An event of a placement with what orders it among the others.</summary>
/// <param name="Id">The event's record id.</param>
/// <param name="HomeNode">The node that saw it.</param>
/// <param name="Clock">The hybrid logical clock reading of its version.</param>
/// <param name="Event">The event.</param>
internal sealed record ObservedEvent(string Id, string HomeNode, ulong Clock, PlacementEvent Event)
{
    private const string TypePrefix = "PLACEMENT_EVENT_TYPE_";

    private static readonly EnumDescriptor Types =
        PlacementEvent.Descriptor.FindFieldByNumber(PlacementEvent.TypeFieldNumber).EnumType;

    /// <summary>Reads an event; null when it is kept and not used.</summary>
    public static ObservedEvent? Read(Record record) => record.Payload is null
        ? null
        : new ObservedEvent(
            record.Id,
            record.HomeNode,
            record.Version.Clock,
            PlacementEvent.Parser.ParseFrom(record.Payload.Value));

    /// <summary>
    /// The same of an event as it is stored; one that is damaged is used no more than one that is kept.
    /// </summary>
    public static ObservedEvent? Read(RecordCodec codec, StoredRecord stored) =>
        codec.TryDecode(stored) is { } record ? Read(record) : null;

    /// <summary>
    /// The event is kept only, or erased: all that is known is what its envelope tells, and it makes no state.
    /// </summary>
    public bool IsWithheld { get; init; }

    /// <summary>What happened.</summary>
    public PlacementEventType Type => Event.Type;

    /// <summary>The day it happened; null if a partner sent none that exists, which orders before all days.</summary>
    public DateOnly? Day { get; } = DateRules.Day(Event.HappenedDate);

    /// <summary>What happened, when and who says so; nothing of the person.</summary>
    public override string ToString() =>
        $"{NameOf(Type)} on {(Day is { } day ? day.ToString("O") : "an unstated day")} ({HomeNode})";

    /// <summary>The short name of a type, the same in every language: <c>RETURNED_HOME</c>.</summary>
    public static string NameOf(PlacementEventType type) =>
        Types.FindValueByNumber((int)type)?.Name[TypePrefix.Length..] ?? $"type {(int)type}";
}
