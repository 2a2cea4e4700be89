using Exchange.Node.Sync;

namespace Exchange.Testing.Simulation;

// Coming back as it was at an earlier backup.
internal partial class ModelNode
{
    private void RestoreOrBackUp(Random chance)
    {
        if (_restore is not null && chance.Next(2) == 0)
        {
            _restore();
            Restores++;
            Restored!();
        }
        else
        {
            _restore = BackUp();
        }
    }

    private void Given(OutgoingPage page)
    {
        foreach (var change in page.Changes)
        {
            if (ModelView.Of(change.Returned) is { } held)
            {
                _given.Add(held.Id);
            }
        }
    }

    private Action BackUp()
    {
        var feed = Feed.BackUp();
        var (register, held, effects) = (Register.ToList(), Held.ToList(), _effects.ToList());
        var (givenSums, heldSums, repairs) = (GivenSums.Copy(), HeldSums.Copy(), Repairs.ToList());
        var receipts = Receipts.ToList();
        var (confirmed, applied) = (Confirmed, Applied);
        var (given, givenTo, seen, takenIn) = (_given.ToList(), _givenTo, SeenEpoch, _takenIn);
        return () =>
        {
            feed();
            Put(Register, register);
            Put(Held, held);
            Put(Repairs, repairs);
            (GivenSums, HeldSums) = (givenSums.Copy(), heldSums.Copy());
            Put(Receipts, receipts);
            (Confirmed, Applied) = (confirmed, applied);
            (_givenTo, SeenEpoch, _takenIn) = (givenTo, seen, takenIn);
            _effects.Clear();
            _effects.UnionWith(effects);
            _given.Clear();
            _given.UnionWith(given);
            Feed.Reproject(Register.Keys.Where(id => !Feed.Records.ContainsKey(id)));
        };
    }

    private static void Put<TKey, TValue>(IDictionary<TKey, TValue> into, List<KeyValuePair<TKey, TValue>> all)
        where TKey : notnull
    {
        into.Clear();
        all.ForEach(pair => into.Add(pair.Key, pair.Value));
    }
}
