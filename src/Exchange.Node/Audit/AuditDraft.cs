using System.Security.Cryptography;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Audit;

/// <summary>
/// An entry before it has its place in the chain. Drafts that say the same of other records become one.
/// </summary>
/// <param name="context">Who, how and what for.</param>
/// <param name="action">What.</param>
internal sealed class AuditDraft(AuditContext context, AuditAction action)
{
    // What a partner was given stands in the disclosure register, row by row.
    private const int MaxDisclosedIds = 16;

    private readonly Dictionary<(string Kind, bool Removed), List<Guid>> _records = [];

    private AuditContext Context { get; } = context;

    private AuditAction Action { get; } = action;

    /// <summary>The partner that was given or told something.</summary>
    public string Partner { get; init; } = "";

    /// <summary>Whether it was done.</summary>
    public AuditOutcome Outcome { get; init; } = AuditOutcome.Done;

    /// <summary>What else there is to know; no personal data.</summary>
    public string Detail { get; init; } = "";

    /// <summary>For a signature.</summary>
    public AuditHeadSignature? Signature { get; init; }

    /// <summary>For a chain that lost entries.</summary>
    public AuditHead? Lost { get; init; }

    /// <summary>No records were added.</summary>
    public bool IsEmpty => _records.Count == 0;

    /// <summary>Two drafts that differ in their records only become one entry.</summary>
    public bool IsLike(AuditDraft other) =>
        Action == other.Action && Context == other.Context && Partner == other.Partner && Outcome == other.Outcome
        && Detail == other.Detail && Signature is null && Lost is null;

    /// <summary>Adds a record.</summary>
    public void Add(RecordKey key, bool isRemoved = false)
    {
        if (!_records.TryGetValue((key.Kind, isRemoved), out var ids))
        {
            _records[(key.Kind, isRemoved)] = ids = [];
        }

        ids.Add(key.Id);
    }

    /// <summary>Adds another draft's records.</summary>
    public void Add(AuditDraft other)
    {
        foreach (var (target, ids) in other._records)
        {
            if (!_records.TryGetValue(target, out var known))
            {
                _records[target] = known = [];
            }

            known.AddRange(ids);
        }
    }

    /// <summary>The entry, without what the chain gives it.</summary>
    public AuditEntry ToEntry()
    {
        var entry = new AuditEntry
        {
            Actor = Context.Actor,
            Action = Action,
            Purpose = Context.Purpose,
            Method = Context.Method,
            Partner = Partner,
            Outcome = Outcome,
            Detail = Detail,
            Signature = Signature,
            Lost = Lost,
        };
        foreach (var ((kind, removed), ids) in _records.OrderBy(pair => pair.Key))
        {
            entry.Targets.Add(Target(kind, removed, ids));
        }

        return entry;
    }

    private AuditTarget Target(string kind, bool removed, List<Guid> ids)
    {
        ids.Sort();
        var bytes = new byte[ids.Count * RecordKeyBytes.IdLength];
        for (var i = 0; i < ids.Count; i++)
        {
            RecordKeyBytes.WriteId(ids[i], bytes.AsSpan(i * RecordKeyBytes.IdLength));
        }

        var isDigest = Partner.Length > 0 && ids.Count > MaxDisclosedIds;
        var target = new AuditTarget { Kind = kind, Removed = removed, Count = (ulong)ids.Count };
        if (isDigest)
        {
            target.Digest = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(bytes));
        }
        else
        {
            target.Ids = UnsafeByteOperations.UnsafeWrap(bytes);
        }

        return target;
    }
}
