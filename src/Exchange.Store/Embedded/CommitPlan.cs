namespace Exchange.Store.Embedded;

/// <summary>
/// One commit, first checked in full and then written, so that a refused commit leaves nothing behind in a transaction
/// that it shares with others.
/// </summary>
internal sealed class CommitPlan(WriteContext context, Commit commit, string node)
{
    private readonly PlannedPut[] _puts = new PlannedPut[commit.Puts.Count];
    private readonly EntryOverlay _entries = new(context.Writer);

    private PutOutcome[] _outcomes = [];
    private long _head = context.State.Head;

    /// <summary>Checks every condition; returns the first that doesn't hold. Writes nothing.</summary>
    public Exception? Prepare()
    {
        for (var i = 0; i < _puts.Length; i++)
        {
            if (PreparePut(commit.Puts[i], out _puts[i]) is { } conflict)
            {
                return conflict;
            }
        }

        _outcomes = Array.ConvertAll(_puts, put => put.Outcome);
        return UniqueKeys.Check(context.Writer, _puts)
            ?? _entries.Add(commit.Entries)
            ?? Derive();
    }

    /// <summary>Writes what was prepared.</summary>
    public CommitResult Apply()
    {
        foreach (var put in _puts)
        {
            if (put.Next is { } next)
            {
                Write(put.Previous, next);
            }
        }

        foreach (var replacement in commit.Replacements)
        {
            Replace(replacement);
        }

        context.Changed |= _entries.Write() || _head > context.State.Head;
        context.State.Head = _head;
        return new CommitResult(_outcomes, new FeedPosition(_head), IsRepeat: false);
    }

    private VersionConflictException? PreparePut(RecordPut put, out PlannedPut planned)
    {
        var previous = context.Writer.Find(put.Key);
        if (Conflicts(put, previous))
        {
            planned = default;
            return new VersionConflictException(
                put.Key, put.Expect.Kind == ExpectationKind.Version ? put.Expect.Version : null, previous?.Version);
        }

        // An own write is newer than what it replaces, also when that came from a node whose clock is ahead of ours.
        var version = put.Version ?? new RecordVersion(context.Clock.Next(previous?.Version.Clock ?? 0), node);
        if (put.Expect.Kind == ExpectationKind.Newer && previous is not null
            && !IsNewer(version, put.Revision, previous))
        {
            planned = new(previous, null, new PutOutcome(false, previous.Version, previous.Position, previous));
            return null;
        }

        if (version.Node == node)
        {
            // A copied or restored record of this node: what it writes next must be newer.
            context.Clock.Observe(version.Clock);
        }

        var next = new StoredRecord
        {
            Key = put.Key,
            Version = version,
            Revision = put.Revision,
            IsTombstone = put.IsTombstone,
            Envelope = put.Envelope,
            Payload = put.Payload,
            Keys = KeyList.WithoutRepeats(put.Keys),
            PreviousKeys = put.ForgetsPrevious ? [] : previous?.Keys ?? [],
            Position = new FeedPosition(++_head),
        };
        planned = new(previous, next, new PutOutcome(true, version, next.Position, previous));
        return null;
    }

    private static bool Conflicts(RecordPut put, StoredRecord? previous) => put.Expect.Kind switch
    {
        ExpectationKind.Absent => previous is { IsTombstone: false },
        ExpectationKind.Version => previous?.Version != put.Expect.Version,
        _ => false,
    };

    private static bool IsNewer(RecordVersion version, uint revision, StoredRecord previous)
    {
        var order = version.CompareTo(previous.Version);
        return order > 0 || (order == 0 && revision > previous.Revision);
    }

    private Exception? Derive()
    {
        if (commit.Derive is null)
        {
            return null;
        }

        EntryWrite[] derived;
        try
        {
            derived = [.. commit.Derive(_outcomes)];
            CommitRules.Check(derived);
        }
        catch (Exception exception)
        {
            // The caller's code failed, not the engine: only its own commit must.
            return exception;
        }

        return _entries.Add(derived);
    }

    private void Write(StoredRecord? previous, StoredRecord next)
    {
        var writer = context.Writer;
        if (previous is not null)
        {
            writer.Delete(previous);
            Count(previous, -1);
        }

        writer.Insert(next);
        Count(next, +1);

        var before = previous?.Keys ?? [];
        foreach (var key in before)
        {
            if (!KeyList.Contains(next.Keys, key))
            {
                writer.RemoveKey(next.Key, key);
            }
        }

        foreach (var key in next.Keys)
        {
            if (!KeyList.Contains(before, key))
            {
                writer.AddKey(next.Key, key);
            }
        }
    }

    // At its position, with its keys and those before: for every reader it is the same record.
    private void Replace(PayloadReplacement replacement)
    {
        if (context.Writer.Find(replacement.Key) is not { } stored
            || !stored.Payload.Span.SequenceEqual(replacement.Was.Span))
        {
            return;
        }

        context.Changed = true;
        context.Writer.Delete(stored);
        context.Writer.Insert(new StoredRecord
        {
            Key = stored.Key,
            Version = stored.Version,
            Revision = stored.Revision,
            IsTombstone = stored.IsTombstone,
            Envelope = stored.Envelope,
            Payload = replacement.Payload,
            Keys = stored.Keys,
            PreviousKeys = stored.PreviousKeys,
            Position = stored.Position,
        });
    }

    private void Count(StoredRecord record, int by) =>
        context.State.Count(record.Key.Kind, record.IsTombstone ? 0 : by, record.IsTombstone ? by : 0);
}

/// <summary>A put whose conditions hold.</summary>
/// <param name="Previous">What stands in the store.</param>
/// <param name="Next">What will stand there; null if the put is skipped.</param>
/// <param name="Outcome">What the caller is told.</param>
internal readonly record struct PlannedPut(StoredRecord? Previous, StoredRecord? Next, PutOutcome Outcome);
