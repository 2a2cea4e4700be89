using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// What the last digests of one direction said, as a receipt will say it. The two sides agree about each, because both
/// take it down at the same CaughtUp; a few are kept because a live session may compare again while a receipt is on its
/// way.
/// </summary>
internal sealed class DirectionStatements
{
    private const int Kept = 8;

    private readonly List<SyncDirectionStatement> _statements = [];

    /// <summary>The newest; null before the first digest was compared.</summary>
    public SyncDirectionStatement? Latest => _statements.Count == 0 ? null : _statements[^1];

    public void Add(SyncDirectionStatement statement)
    {
        if (_statements.Count == Kept)
        {
            _statements.RemoveAt(0);
        }

        _statements.Add(statement);
    }

    public bool Contains(SyncDirectionStatement statement) => _statements.Contains(statement);
}
