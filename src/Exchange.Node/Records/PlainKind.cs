using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>
/// A kind whose keys follow from the names of its fields, as most do. <c>station_id</c> names a record of the kind
/// "station", by which it is found and without which a synced one waits; <c>worker_id</c> names the person whom it is
/// about; <c>..._node</c> names a party; <c>place</c>, or without it every place, says where it belongs.
/// </summary>
/// <param name="name">The kind's name on the wire and in stores.</param>
internal abstract class PlainKind<T>(string name) : RecordKind<T>
    where T : class, IMessage<T>, new()
{
    private static readonly NamedFields Fields = NamedFields.Of(new T().Descriptor);

    public sealed override string Name { get; } = name;

    public sealed override bool NamesWorkers => IsPersonal && Fields.Workers.Count > 0;

    protected sealed override IEnumerable<FieldViolation> Check(T payload, RuleContext context) =>
        ShapeRules.Check(payload).Concat(CheckMeaning(payload, context));

    /// <summary>What must be mended beyond what the types and the names of the fields tell.</summary>
    protected virtual IEnumerable<FieldViolation> CheckMeaning(T payload, RuleContext context) => [];

    protected sealed override RecordFacts Describe(Guid id, T payload, IPersonTokens tokens)
    {
        var divisions = Fields.Places.Select(field => PlaceRules.Code((Place?)field.Accessor.GetValue(payload)))
            .Where(code => code.Length > 0).Distinct().ToList();
        var nodes = Fields.Nodes.Select(field => Text(field, payload)).Where(NodeIds.IsValid).Distinct();
        var workers = Fields.Workers.Select(field => Text(field, payload)).Where(ReferenceRules.IsId).Distinct()
            .ToList();
        var named = Fields.References.Select(reference => (reference.Kind, Id: Text(reference.Field, payload)))
            .Where(one => ReferenceRules.IsId(one.Id)).ToList();
        return new RecordFacts
        {
            Keys =
            [
                .. divisions.Select(code => new IndexKey(IndexNames.Division, code)),
                .. named.Select(one => new IndexKey(one.Kind, one.Id)),
            ],
            ScopeKeys =
            [
                .. divisions.Select(code => new ScopeKey { Name = ScopeNames.Division, Value = code }),
                .. nodes.Select(node => new ScopeKey { Name = ScopeNames.Party, Value = node }),
            ],
            SubjectIds = workers.Count > 0 ? workers : IsPersonal ? [id.ToString()] : [],
            References =
            [
                .. workers.SelectMany(worker => ReferenceRules.To(NamedFields.WorkerKind, worker)),
                .. named.Where(one => one.Kind != IndexNames.Placement)
                    .SelectMany(one => ReferenceRules.To(one.Kind, one.Id)),
            ],
        };
    }

    private static string Text(FieldDescriptor field, T payload) => (string)field.Accessor.GetValue(payload);
}
