using Exchange.Node.Access;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Type;

namespace Exchange.Node.Records;

/// <summary>
/// What the shared path needs to know of a kind: its message, its keys and its rules. Storage, feed, sync, watch,
/// import and
/// audit come for free.
/// </summary>
internal abstract class RecordKind
{
    /// <summary>The kind's name on the wire and in stores, such as <c>worker</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The payload's message.</summary>
    public abstract MessageDescriptor Descriptor { get; }

    /// <summary>The payload is about persons: it is sealed at rest and needs a legal basis to be sent.</summary>
    public virtual bool IsPersonal => false;

    /// <summary>
    /// Records of this kind name workers who aren't their own, and flow only as far as the workers' basis lets them.
    /// </summary>
    public virtual bool NamesWorkers => false;

    /// <summary>
    /// Records of this kind never leave the node that wrote them, whatever an agreement lists.
    /// </summary>
    public virtual bool StaysHome => false;

    /// <summary>A record of this kind is never changed once written; only a first version is accepted.</summary>
    public virtual bool IsImmutable => false;

    /// <summary>
    /// The fields that both sides of shared work always have of a record, also when the person's basis for the others
    /// has ended. Empty for a kind that then doesn't flow at all.
    /// </summary>
    public virtual IReadOnlyList<int> AlwaysShared => [];

    /// <summary>
    /// The unique declared key that holds the blind token of the person by whom records of this kind are found; null
    /// for a kind that isn't found by a person.
    /// </summary>
    public virtual string? PersonIndex => null;

    /// <summary>Reads the payload; an unreadable one throws <see cref="InvalidProtocolBufferException"/>.</summary>
    public abstract IMessage Parse(ByteString payload);

    /// <summary>
    /// Everything that a local writer must mend before the record is accepted. Never asked about synced records.
    /// </summary>
    public abstract IEnumerable<FieldViolation> Check(IMessage payload, RuleContext context);

    /// <summary>
    /// Puts into a payload that is about to be written here what is the home node's own to say, before it is checked.
    /// </summary>
    /// <param name="payload">What a writer sent; changed in place.</param>
    /// <param name="held">Reads what stands there now; null for a new record.</param>
    /// <param name="writer">What the writer reaches and may decide.</param>
    /// <returns>Whether it was changed.</returns>
    /// <exception cref="Errors.ExchangeException">The writer may not say what it says.</exception>
    public virtual bool Settle(IMessage payload, Func<IMessage?> held, Reach writer) => false;

    /// <summary>
    /// The day by which a record of this kind belongs to a year of the accounts; null for a kind that has none.
    /// </summary>
    public virtual Date? AccountedDate(IMessage payload) => null;

    /// <summary>What the record can be found by and which agreements it falls under.</summary>
    public abstract RecordFacts Describe(Guid id, IMessage payload, IPersonTokens tokens);
}

/// <summary>A kind whose payload is a <typeparamref name="T"/>.</summary>
internal abstract class RecordKind<T> : RecordKind
    where T : class, IMessage<T>, new()
{
    private static readonly MessageParser<T> Parser = new(() => new T());

    public override MessageDescriptor Descriptor { get; } = new T().Descriptor;

    public sealed override IMessage Parse(ByteString payload) => Parser.ParseFrom(payload);

    public sealed override IEnumerable<FieldViolation> Check(IMessage payload, RuleContext context) =>
        Check((T)payload, context);

    public sealed override RecordFacts Describe(Guid id, IMessage payload, IPersonTokens tokens) =>
        Describe(id, (T)payload, tokens);

    protected abstract IEnumerable<FieldViolation> Check(T payload, RuleContext context);

    protected abstract RecordFacts Describe(Guid id, T payload, IPersonTokens tokens);
}
