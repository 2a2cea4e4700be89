using System.Collections.Frozen;
using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>
/// What every enum must keep to. A local writer may send only values that this node knows; records that come by sync
/// are never asked.
/// </summary>
internal static class EnumRules
{
    // Those whose zero the contract calls refused; the zero of all others means "not stated".
    private static readonly FrozenSet<string> ZeroRefused = new[]
    {
        CardStatusEntry.Descriptor.FindFieldByNumber(CardStatusEntry.StatusFieldNumber),
        Division.Descriptor.FindFieldByNumber(Division.LevelFieldNumber),
        PlacementEvent.Descriptor.FindFieldByNumber(PlacementEvent.TypeFieldNumber),
        ReservedPosts.Descriptor.FindFieldByNumber(ReservedPosts.GroupFieldNumber),
        Vacancy.Descriptor.FindFieldByNumber(Vacancy.StatusFieldNumber),
        Worker.Descriptor.FindFieldByNumber(Worker.SupportNeedsFieldNumber),
    }.Select(field => field.EnumType.FullName).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a field of this enum must be set.</summary>
    public static bool RefusesZero(EnumDescriptor type) => ZeroRefused.Contains(type.FullName);

    /// <summary>Checks one enum field.</summary>
    public static IEnumerable<FieldViolation> Check(EnumDescriptor type, int value, string path)
    {
        if (type.FindValueByNumber(value) is null)
        {
            yield return new(
                path, $"This node doesn't know the number {value} of {type.Name}. Send one of {Names(type)}.");
        }
        else if (value == 0 && RefusesZero(type))
        {
            yield return new(path, $"It must be stated. Send one of {Names(type)}.");
        }
    }

    private static string Names(EnumDescriptor type) =>
        string.Join(", ", type.Values.Where(v => v.Number != 0 || !RefusesZero(type)).Select(v => v.Name));
}
