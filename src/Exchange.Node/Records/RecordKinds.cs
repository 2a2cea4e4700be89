using System.Collections.Frozen;
using Exchange.Node.Cooperation;
using Exchange.Node.Employers;
using Exchange.Node.Placements;
using Exchange.Node.Vacancies;
using Exchange.Node.Workers;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>
/// The kinds that this version knows. A kind that isn't here is stored and forwarded, but never written locally.
/// </summary>
internal sealed class RecordKinds
{
    private readonly FrozenDictionary<string, RecordKind> _byName;
    private readonly FrozenDictionary<string, RecordKind> _byMessage;

    /// <summary>All kinds of the contract.</summary>
    public RecordKinds()
    {
        All =
        [
            new WorkerKind(),
            new HouseholdKind(),
            new EmployerKind(),
            new VacancyKind(),
            new VacancyQuotaKind(),
            new PlacementEventKind(),
            new DivisionKind(),
        ];
        _byName = All.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);
        _byMessage = All.ToFrozenDictionary(kind => kind.Descriptor.FullName, StringComparer.Ordinal);
    }

    /// <summary>The kinds, in the order of the contract.</summary>
    public IReadOnlyList<RecordKind> All { get; }

    /// <summary>Returns the kind of that name, or null.</summary>
    public RecordKind? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Returns the kind whose payload is that message, or null.</summary>
    public RecordKind? FindByDescriptor(MessageDescriptor descriptor) =>
        _byMessage.GetValueOrDefault(descriptor.FullName);
}
