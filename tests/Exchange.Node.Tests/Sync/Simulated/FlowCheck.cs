using Exchange.Node.Sync;
using Exchange.Store;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>The promises of one direction, looked up in the stores of both nodes.</summary>
internal sealed class FlowCheck(
    FlowLink link, FlowSimulatedNode giver, FlowSimulatedNode receiver, FlowOracle oracle)
{
    private readonly FlowNode _giver = giver.Node;
    private readonly FlowNode _receiver = receiver.Node;

    /// <summary>What is broken at any moment; null when nothing is.</summary>
    public async Task<string?> BrokenAsync()
    {
        var (sent, taken) = (await SentAsync(), await TakenAsync());
        if (sent is null || sent.Epoch != _giver.Store.Epoch || giver.IsUnheard)
        {
            return null;
        }

        var position = taken.Epoch == giver.Epoch ? (long)taken.Position : 0;
        if (sent.Acknowledged.Value > position)
        {
            return $"'{giver.Id}' was told {sent.Acknowledged.Value}, but only {position} is durable at "
                + $"'{receiver.Id}': acknowledged records are lost.";
        }

        return sent.Sweep is null && giver.KnowsTerms ? await PassedAsync(position) : null;
    }

    /// <summary>What still differs when all is quiet; null when nothing does.</summary>
    public async Task<string?> DifferentAsync()
    {
        var given = await oracle.GivenAsync(link, _giver);
        return await PassedAsync(long.MaxValue)
            ?? await StrayAsync(given)
            ?? await OpenAsync();
    }

    /// <summary>
    /// What the giver's register and the receiver's store say of records, where they don't say the same; for whoever
    /// looks into a failing seed.
    /// </summary>
    public async Task<IEnumerable<string>> DescribeAsync()
    {
        var lines = new List<string>();
        var register = await _giver.Store.ReadEntriesAsync(
            DisclosureRegister.Collection(receiver.Id), default, default, 10_000, default);
        var rows = register.ToDictionary(
            entry => RecordKeyBytes.Read(entry.Key.Span), entry => DisclosureRow.Read(entry.Value.Span));
        var quarantine = await _receiver.Store.ReadEntriesAsync(
            QuarantineRow.Collection(giver.Id), default, default, 10_000, default);
        var kept = quarantine.ToDictionary(
            entry => RecordKeyBytes.Read(entry.Key.Span), entry => QuarantineRow.Read(entry.Value.Span));
        var held = new Dictionary<RecordKey, StoredRecord>();
        for (var page = await _receiver.Store.ReadFeedAsync(default, 10_000, default); ;
            page = await _receiver.Store.ReadFeedAsync(page.Next, 10_000, default))
        {
            foreach (var record in page.Records)
            {
                held[record.Key] = record;
            }

            if (page.AtHead)
            {
                break;
            }
        }

        foreach (var key in rows.Keys.Union(held.Keys).Union(kept.Keys))
        {
            var row = rows.GetValueOrDefault(key);
            var copy = held.GetValueOrDefault(key);
            if (copy is not null && _receiver.Codec.Decode(copy) is var there && there.HomeNode != giver.Id)
            {
                continue;
            }

            var given = row is { IsWithdrawn: false } ? (row.Version, row.Revision) : default;
            var taken = kept.GetValueOrDefault(key) is { Item: not null } aside ? (aside.Version, aside.Revision)
                : copy is { IsTombstone: false } ? (copy.Version, copy.Revision) : default;
            if (given != taken)
            {
                lines.Add($"{key}: '{giver.Id}' knows of {row}; '{receiver.Id}' holds {copy?.Version} "
                    + $"{copy?.Revision} {(copy is { IsTombstone: true } ? "(gone)" : "")} and keeps "
                    + $"{kept.GetValueOrDefault(key)?.Version} {kept.GetValueOrDefault(key)?.Reason}");
            }
        }

        foreach (var entry in await _giver.Store.ReadEntriesAsync(
            OpenRetractions.Collection(receiver.Id), default, default, 10_000, default))
        {
            lines.Add($"{RecordKeyBytes.Read(entry.Key.Span)}: '{receiver.Id}' hasn't answered '{giver.Id}': "
                + $"{OpenRetraction.Read(entry.Value.Span)}, {rows.GetValueOrDefault(RecordKeyBytes.Read(entry.Key.Span))}");
        }

        return lines;
    }

    private async Task<string?> PassedAsync(long position)
    {
        var given = await oracle.GivenAsync(link, _giver);
        var keys = given.Keys.ToList();
        var own = await _giver.Store.GetManyAsync(keys, default);
        var held = await _receiver.Store.GetManyAsync(keys, default);
        var waiting = position == long.MaxValue ? [] : await WaitingAsync();
        for (var i = 0; i < keys.Count; i++)
        {
            if (waiting.Contains(keys[i]) || own[i] is not { } record || record.Position.Value > position)
            {
                continue;
            }

            var copy = held[i] is { IsTombstone: false } live ? live : null;
            if (copy is not null != given[keys[i]] || (copy is not null && copy.Version != record.Version))
            {
                return $"'{receiver.Id}' is ahead of its data or behind it: it holds "
                    + $"{copy?.Version.ToString() ?? "nothing"} of {keys[i]} {record.Version}, "
                    + $"which it may {(given[keys[i]] ? "" : "not ")}have.";
            }
        }

        return null;
    }

    // What the queue answers next, and what the receiver keeps in quarantine.
    private async Task<HashSet<RecordKey>> WaitingAsync()
    {
        var queue = await _giver.Store.ReadEntriesAsync(
            ReprojectionQueue.Collection(receiver.Id), default, default, 10_000, default);
        var kept = await _receiver.Store.ReadEntriesAsync(
            QuarantineRow.Collection(giver.Id), default, default, 10_000, default);
        return [.. queue.Concat(kept).Select(entry => RecordKeyBytes.Read(entry.Key.Span))];
    }

    private async Task<string?> StrayAsync(Dictionary<RecordKey, bool> given)
    {
        var after = FeedPosition.Start;
        while (true)
        {
            var page = await _receiver.Store.ReadFeedAsync(after, 1_000, default);
            var stray = page.Records.FirstOrDefault(record => !record.IsTombstone
                && _receiver.Codec.Decode(record).HomeNode == giver.Id
                && !given.GetValueOrDefault(record.Key));
            if (stray is not null || page.AtHead)
            {
                return stray is null ? null : $"'{receiver.Id}' holds {stray.Key}, which it may not have.";
            }

            after = page.Next;
        }
    }

    private async Task<string?> OpenAsync()
    {
        var waiting = await WaitingAsync();
        if (waiting.Count > 0)
        {
            return $"{waiting.First()} still waits between '{giver.Id}' and '{receiver.Id}'.";
        }

        var open = await OpenRetractions.CountAsync(_giver.Store, receiver.Id, DateTimeOffset.MaxValue, default);
        if (open.Open > 0)
        {
            return $"{open.Open} retractions of '{giver.Id}' are still open.";
        }

        var sent = await SentAsync() ?? new OutgoingState { Epoch = _giver.Store.Epoch };
        var register = await _giver.Store.ReadEntriesAsync(
            DisclosureRegister.Collection(receiver.Id), default, default, 10_000, default);
        var unsure = register.FirstOrDefault(entry => !sent.IsHeld(DisclosureRow.Read(entry.Value.Span)));
        return unsure is null
            ? null
            : $"The register of '{giver.Id}' doesn't know whether {RecordKeyBytes.Read(unsure.Key.Span)} was taken.";
    }

    private async Task<OutgoingState?> SentAsync()
    {
        var found = await _giver.Store.GetEntriesAsync(
            OutgoingState.Collection(receiver.Id), [OutgoingState.Key], default);
        return found[0] is { } bytes ? OutgoingState.Read(bytes.Span) : null;
    }

    private async Task<IncomingState> TakenAsync()
    {
        var found = await _receiver.Store.GetEntriesAsync(
            IncomingState.Collection(giver.Id), [IncomingState.Key], default);
        return found[0] is { } bytes ? IncomingState.Read(bytes.Span) : new IncomingState();
    }
}
