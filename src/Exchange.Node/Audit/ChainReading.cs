using System.Globalization;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Audit;

/// <summary>
/// Takes the stored entries one after the other and says which aren't as they were written. Each value begins with its
/// own hash, so that a changed byte is told from an entry that was replaced whole: the next one doesn't follow that.
/// </summary>
internal sealed class ChainReading
{
    /// <summary>The most findings, and gaps, that are told of.</summary>
    public const int MaxTold = 100;

    private readonly Dictionary<string, ulong> _epochs = new(StringComparer.Ordinal);

    private ulong _before;
    private ByteString _beforeHash = ByteString.Empty;
    private bool _isBeforeGood = true;
    private string _epoch = "";

    /// <summary>What was found so far.</summary>
    public VerifyAuditResponse Found { get; } = new();

    /// <summary>Entries that were signed, or lost, as the chain itself says.</summary>
    public List<AuditEntry> Claims { get; } = [];

    /// <summary>Takes the next stored entry.</summary>
    public void Add(Entry stored)
    {
        Found.EntryCount++;
        var expected = _before + 1;
        if (AuditChain.SequenceOf(stored.Key.Span) is not { } place || place < expected)
        {
            Tell(expected, AuditFindingKind.Moved, "something else stands before this entry");
            return;
        }

        var isNext = place == expected;
        if (!isNext)
        {
            Tell(expected, AuditFindingKind.Missing, place - 1 == expected
                ? "it isn't there"
                : $"it and all up to {Text(place - 1)} aren't there");
        }

        var entry = AuditChain.Read(stored.Value);
        var isGood = true;
        if (entry is null || !AuditChain.IsWhole(stored.Value.Span))
        {
            isGood = false;
            Tell(place, AuditFindingKind.Changed, "it isn't as it was written");
        }
        else if (entry.Sequence != place)
        {
            isGood = false;
            Tell(place, AuditFindingKind.Moved, $"entry {Text(entry.Sequence)} stands in its place");
        }
        else
        {
            if (isNext && _isBeforeGood && !entry.PreviousHash.Equals(_beforeHash))
            {
                Tell(_before, AuditFindingKind.Replaced, $"entry {Text(place)} follows another one");
            }

            Note(entry);
        }

        (_before, _isBeforeGood) = (place, isGood);
        _beforeHash = ByteString.CopyFrom(AuditChain.ClaimedHash(stored.Value.Span));
        (Found.NewestSequence, Found.NewestHash) = (place, _beforeHash);
    }

    /// <summary>Holds an entry that is known to have been written against what is stored in its place.</summary>
    /// <param name="known">The entry.</param>
    /// <param name="stored">The stored value; null when there is none.</param>
    public void Compare(KnownHead known, ReadOnlyMemory<byte>? stored)
    {
        var head = known.Head;
        if (stored is { } value && AuditChain.ClaimedHash(value.Span).SequenceEqual(head.Hash.Span))
        {
            return;
        }

        // After its epoch ended another entry may stand there, or none: the chain says itself that a backup was
        // restored, and from where on.
        if (_epochs.TryGetValue(head.Epoch, out var last) && last < head.Sequence && _epoch != head.Epoch)
        {
            Gap(last + 1, head.Sequence);
        }
        else if (stored is null)
        {
            var kind = head.Sequence > Found.NewestSequence ? AuditFindingKind.CutOff : AuditFindingKind.Missing;
            Tell(head.Sequence, kind, $"it isn't there; {known.Source} names it");
        }
        else
        {
            Tell(head.Sequence, AuditFindingKind.Replaced, $"{known.Source} names another entry");
        }
    }

    /// <summary>Tells of a finding, in the order of the entries; the same isn't told twice.</summary>
    public void Tell(ulong sequence, AuditFindingKind kind, string message)
    {
        var at = 0;
        foreach (var other in Found.Findings)
        {
            if (other.Sequence == sequence && other.Kind == kind)
            {
                return;
            }

            at += other.Sequence <= sequence ? 1 : 0;
        }

        if (Found.Findings.Count < MaxTold)
        {
            var finding = new AuditFinding
            {
                Sequence = sequence,
                Kind = kind,
                Message = $"Entry {Text(sequence)}: {message}.",
            };
            Found.Findings.Insert(at, finding);
        }
    }

    private void Note(AuditEntry entry)
    {
        _epoch = entry.Epoch;
        _epochs[_epoch] = entry.Sequence;
        if (entry.Signature is not null || entry.Action is AuditAction.Restored or AuditAction.CutOff)
        {
            Claims.Add(entry);
        }
    }

    private void Gap(ulong from, ulong to)
    {
        var known = Found.Gaps.FirstOrDefault(gap => gap.FromSequence == from);
        if (known is not null)
        {
            known.ToSequence = Math.Max(known.ToSequence, to);
        }
        else if (Found.Gaps.Count < MaxTold)
        {
            Found.Gaps.Add(new AuditGap { FromSequence = from, ToSequence = to, Time = RestoreTime(from) });
        }
    }

    private Google.Protobuf.WellKnownTypes.Timestamp? RestoreTime(ulong from) =>
        Claims.Find(entry => entry.Action == AuditAction.Restored && entry.Sequence >= from)?.Time;

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
