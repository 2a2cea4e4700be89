using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Output;

/// <summary>Messages of the contract in the contract's own JSON.</summary>
internal static class ContractJson
{
    private static readonly JsonFormatter Formatter = new(new JsonFormatter.Settings(
        formatDefaultValues: false,
        TypeRegistry.FromFiles([.. PayloadFiles(), AnyReflection.Descriptor, WrappersReflection.Descriptor])));

    private static readonly HashSet<string> Known =
        [.. PayloadFiles().SelectMany(file => file.MessageTypes).Select(message => message.FullName)];

    /// <summary>One line of JSON.</summary>
    public static string Line(IMessage message) => Formatter.Format(message);

    /// <summary>One line of JSON; a payload of a kind that this program doesn't know is shown as its bytes.</summary>
    public static string Line(WatchRecordsResponse response)
    {
        if (response.Record?.Payload is not { } payload || Known.Contains(Any.GetTypeName(payload.TypeUrl)))
        {
            return Formatter.Format(response);
        }

        var shown = response.Clone();
        shown.Record.Payload = Any.Pack(new BytesValue { Value = payload.Value });
        return Formatter.Format(shown);
    }

    private static IEnumerable<FileDescriptor> PayloadFiles() =>
    [
        WorkerReflection.Descriptor,
        HouseholdReflection.Descriptor,
        EmployerReflection.Descriptor,
        VacancyReflection.Descriptor,
        PlacementReflection.Descriptor,
        DivisionReflection.Descriptor,
    ];
}
