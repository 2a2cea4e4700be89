namespace Exchange.Store;

/// <summary>What a record is called everywhere: its kind and its id.</summary>
/// <param name="Kind">The kind's name, such as <c>worker</c>; lower snake case, at most 63 characters.</param>
/// <param name="Id">A UUIDv7 of the creating node, so that ids rise with time and stores insert in order.</param>
public readonly record struct RecordKey(string Kind, Guid Id)
{
    public override string ToString() => $"{Kind}/{Id}";
}
