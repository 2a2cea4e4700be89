using System.Collections.Concurrent;
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
        ReservedPosts.Descriptor.FindFieldByNumber(ReservedPosts.GroupFieldNumber),
        Vacancy.Descriptor.FindFieldByNumber(Vacancy.StatusFieldNumber),
        Worker.Descriptor.FindFieldByNumber(Worker.SupportNeedsFieldNumber),
    }.Select(field => field.EnumType.FullName).ToFrozenSet(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<EnumDescriptor, bool> Known = new();

    /// <summary>Whether a field of this enum must be set.</summary>
    public static bool RefusesZero(EnumDescriptor type) => Known.GetOrAdd(
        type,
        one => ZeroRefused.Contains(one.FullName)
            || one.File.MessageTypes.Any(message => RequiredFields.Of(message).Any(
                name => message.FindFieldByName(name) is { FieldType: FieldType.Enum } field
                    && field.EnumType == one)));

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
