using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// What a node that was put back must get back from its partners, and what must stay gone there. Also takes in what it
/// got: from then on that stands at home, as partial as it came.
/// </summary>
internal sealed class FlowReturns(FlowWorld world)
{
    private readonly Dictionary<(string Home, RecordKey Key), HashSet<string>> _kept = [];
    private readonly Dictionary<(string Home, RecordKey Key), HashSet<string>> _gone = [];

    /// <summary>Notes what the partners of a node know that was just put back.</summary>
    public async Task RestoredAsync(FlowMachine home)
    {
        var clock = (await home.Node.Store.GetStatusAsync(default)).Restored!.Clock;
        await ForgetAsync(home.Node, _kept);
        await ForgetAsync(home.Node, _gone);
        Drop(_kept, home.Node.Id);
        Drop(_gone, home.Node.Id);
        foreach (var partner in home.Ends.Select(end => end.Peer.Node))
        {
            foreach (var record in await HeldAsync(partner, home.Node.Id))
            {
                if (record.Version.Clock <= clock || (record.IsTombstone && !IsGone(record)))
                {
                    continue;
                }

                var known = record.IsTombstone ? _gone : _kept;
                var key = (home.Node.Id, record.Key);
                if (!known.TryGetValue(key, out var partners))
                {
                    known[key] = partners = [];
                }

                partners.Add(partner.Id);
            }
        }
    }

    /// <summary>What a change says that is given back, as it would be said of an own record.</summary>
    public static SyncChange Held(SyncChange change) => change.Returned switch
    {
        { Record: { } record } => new SyncChange { Record = record },
        { Removal: { } removal } => new SyncChange { Removal = removal },
        _ => change,
    };

    /// <summary>Takes in what one batch of returns made of the records of a node.</summary>
    public void Taken(
        FlowNode home,
        FlowLink link,
        List<SyncChange> changes,
        IReadOnlyList<StoredRecord?> before,
        IReadOnlyList<StoredRecord?> after)
    {
        for (var i = 0; i < after.Count; i++)
        {
            var returned = Held(changes[i]);
            if (after[i] is not { } now)
            {
                if (returned.Record is { } record && link.Rule(home.Id, record.Kind) is null)
                {
                    // What isn't agreed upon any more isn't taken back either.
                    _kept.Remove((home.Id, SyncChanges.Key(returned)));
                }

                continue;
            }

            if (before[i]?.Position == now.Position)
            {
                continue;
            }

            var envelope = RecordCodec.Envelope(now);
            if (before[i] is { IsTombstone: false } whole && envelope.Projection is { Partial: true }
                && RecordCodec.Envelope(whole).Projection is not { Partial: true })
            {
                world.Broken ??= $"'{home.Id}' had all of {now.Key}, and a part took its place.";
            }

            world.Injected(now.IsTombstone ? "a record that was gone again after a restore"
                : envelope.Projection is { Partial: true } ? "a record that only a partner still had"
                : "a record that was stamped anew after a restore");
            world.Trace?.Invoke($"{home.Id} gets back {now.Key}: {envelope.State} {envelope.Projection}");
            Stands(now.Key, envelope, returned.Record);
        }
    }

    /// <summary>
    /// A partner took back what the home had told it to before it was put back: the frame was still on its way. That is
    /// as good as before the restore: nobody holds the record any more, and its home wanted it so.
    /// </summary>
    public void TakenBack(FlowNode home, FlowNode partner, RecordKey key)
    {
        if (_kept.TryGetValue((home.Id, key), out var partners) && partners.Remove(partner.Id) && partners.Count == 0)
        {
            _kept.Remove((home.Id, key));
        }
    }

    /// <summary>What was lost although a partner had it, or came back although one knew it to be gone.</summary>
    public async Task<string?> BrokenAsync(FlowNode home)
    {
        foreach (var (_, key) in _kept.Keys.Where(known => known.Home == home.Id))
        {
            if (await home.Store.GetAsync(key, default) is null)
            {
                return $"'{home.Id}' was put back, and {key}, which a partner held, is lost.";
            }
        }

        foreach (var key in world.ErasedForGood)
        {
            if (await home.Store.GetAsync(key, default) is { IsTombstone: false })
            {
                return $"{key} was erased before a restore, and came back to '{home.Id}'.";
            }
        }

        foreach (var (_, key) in _gone.Keys.Where(known => known.Home == home.Id))
        {
            if (await home.Store.GetAsync(key, default) is { IsTombstone: false })
            {
                return $"'{home.Id}' was put back, and {key}, which a partner knew to be gone, came back.";
            }
        }

        return null;
    }

    // Gone at its home, and not only taken back from a partner.
    private static bool IsGone(StoredRecord tombstone)
    {
        var note = RemovalNote.Read(StoredEnvelope.Note(tombstone));
        return note.Reason == RemovalReason.ConsentWithdrawn
            ? note.ConsentVersion == RemovalNote.Erased
            : note.Reason != RemovalReason.LeftScope;
    }

    // What a partner forgot as well nobody can know, unless its home has it by now.
    private static async Task ForgetAsync(
        FlowNode partner, Dictionary<(string Home, RecordKey Key), HashSet<string>> known)
    {
        foreach (var (key, partners) in known.ToList())
        {
            if (await partner.Store.GetAsync(key.Key, default) is null && partners.Remove(partner.Id)
                && partners.Count == 0)
            {
                known.Remove(key);
            }
        }
    }

    private static void Drop(Dictionary<(string Home, RecordKey Key), HashSet<string>> known, string home)
    {
        foreach (var key in known.Keys.Where(key => key.Home == home).ToList())
        {
            known.Remove(key);
        }
    }

    private static async Task<List<StoredRecord>> HeldAsync(FlowNode partner, string home)
    {
        var bytes = Encoding.UTF8.GetBytes(home);
        var held = new List<StoredRecord>();
        for (var after = FeedPosition.Start; ;)
        {
            var page = await partner.Store.ReadFeedAsync(after, 1_000, default);
            held.AddRange(page.Records.Where(record => StoredEnvelope.HomeNode(record).SequenceEqual(bytes)));
            if (page.AtHead)
            {
                return held;
            }

            after = page.Next;
        }
    }

    private void Stands(RecordKey key, Record envelope, Record? returned)
    {
        if (world.Known.TryGetValue(key, out var person))
        {
            if (!world.People.Contains(person))
            {
                world.People.Add(person);
            }

            person.Facts = FactsOf(person.Facts, envelope, returned);
        }
        else if (world.Happened.TryGetValue(key, out var happening))
        {
            if (!world.Events.Contains(happening))
            {
                world.Events.Add(happening);
            }

            happening.State = envelope.State;
        }
        else
        {
            world.Offers[key] = envelope.State == RecordState.Active;
        }
    }

    private static PersonFacts FactsOf(PersonFacts facts, Record envelope, Record? returned)
    {
        if (envelope.State is RecordState.Erased or RecordState.Deleted)
        {
            return facts with { State = envelope.State };
        }

        var isPartial = envelope.Projection is { Partial: true };
        var consents = new Dictionary<string, ConsentWord>();
        foreach (var word in envelope.LegalBasis?.Consents ?? [])
        {
            if (!consents.TryGetValue(word.RecipientNode, out var other) || other.Version < word.Version
                || (other.Version == word.Version && word.Withdrawn))
            {
                consents[word.RecipientNode] = new ConsentWord(word.Version, word.Withdrawn);
            }
        }

        return facts with
        {
            State = envelope.State,
            Basis = envelope.LegalBasis?.Kind,
            Consents = consents,
            IsPartial = isPartial,
            Place = isPartial && returned is not null
                ? returned.ScopeKeys.FirstOrDefault(key => key.Name == ScopeNames.Division)?.Value ?? ""
                : facts.Place,
        };
    }
}
