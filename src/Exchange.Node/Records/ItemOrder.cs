namespace Exchange.Node.Records;

/// <summary>What was begun in one stream, and what of it an item must wait for. Used by one reader.</summary>
internal sealed class ItemOrder
{
    private const int Enough = 128;

    private readonly Dictionary<ItemName, Task> _latest = [];

    /// <summary>What must have ended before an item of that name begins; null when nothing must.</summary>
    public Task? Before(ItemName? name)
    {
        if (name is not { } wanted)
        {
            return null;
        }

        // Whether two keys lead to one record is only known once both were looked up. Streams keep to one way of naming
        // records, so that waiting for all that were named in another costs nothing.
        List<Task>? others = null;
        foreach (var (other, task) in _latest)
        {
            if (other.Kind == wanted.Kind && !task.IsCompleted && (other.By != wanted.By || other == wanted))
            {
                (others ??= []).Add(task);
            }
        }

        return others is null ? null : Task.WhenAll(others);
    }

    /// <summary>Notes that an item of that name has begun.</summary>
    public void Begun(ItemName? name, Task put)
    {
        if (name is not { } begun)
        {
            return;
        }

        _latest[begun] = put;
        if (_latest.Count > Enough)
        {
            foreach (var done in _latest.Where(pair => pair.Value.IsCompleted).Select(pair => pair.Key).ToList())
            {
                _latest.Remove(done);
            }
        }
    }
}
