using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Collects differences: the first hundred by name, all by count.</summary>
internal sealed class RepairList
{
    /// <summary>So many are named.</summary>
    public const int MaxListed = 100;

    private readonly SyncRepairs _found = new();

    /// <summary>How many there are.</summary>
    public ulong Count => _found.Count;

    /// <summary>Adds a record.</summary>
    /// <param name="kind">Its kind; empty for a sum.</param>
    /// <param name="id">Its id; empty for a sum.</param>
    /// <param name="cause">What is wrong.</param>
    /// <param name="node">Whose data is wrong.</param>
    public void Add(string kind, string id, RepairCause cause, string node)
    {
        _found.Count++;
        if (_found.Items.Count < MaxListed)
        {
            _found.Items.Add(new SyncRepair { Kind = kind, Id = id, Cause = cause, Node = node });
        }
    }

    /// <summary>Adds a digest's running sum.</summary>
    public void AddSum(RepairCause cause, string node) => Add("", "", cause, node);

    /// <summary>What was collected.</summary>
    public SyncRepairs ToMessage() => _found.Clone();
}
