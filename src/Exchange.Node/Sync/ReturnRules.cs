using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// Decides what a restored node does with what a partner gives back. Whatever the order in which partners do so, the
/// outcome is the same: the newest word about a record counts, a whole record is never replaced by a part of one, and
/// what was gone stays gone.
/// </summary>
/// <param name="flow">The direction from this node to the partner.</param>
/// <param name="restored">Where this node's history was torn.</param>
/// <param name="codec">Opens what is stored.</param>
internal sealed class ReturnRules(FlowTerms flow, RestorePoint restored, RecordCodec codec)
{
    /// <summary>Decides over one record.</summary>
    /// <param name="change">What the partner says.</param>
    /// <param name="stored">What stands here; null if nothing does.</param>
    public ReturnVerdict Judge(ReturnedChange change, StoredRecord? stored)
    {
        if (change.Version.Clock <= restored.Clock)
        {
            return ReturnVerdict.Nothing;
        }

        if (change.Record is not null)
        {
            return JudgeRecord(change, stored);
        }

        if (stored is not null && !change.IsGone && RecordCodec.TryEnvelope(stored) is null)
        {
            // What was taken back from one partner only changes something that nobody can read.
            return ReturnVerdict.Nothing;
        }

        return change.IsGone ? JudgeGone(change, stored) : JudgeTakenBack(change, stored);
    }

    /// <summary>What is done with a record of a person whose erasure the backup didn't have.</summary>
    public static ReturnVerdict EraseAgain(ReturnedChange change) =>
        new(ReturnDeed.Erase, Behind(change.Version)) { IsAgain = true };

    private ReturnVerdict JudgeRecord(ReturnedChange change, StoredRecord? stored)
    {
        var keep = new ReturnVerdict(ReturnDeed.KeepPartial, change.Version);
        if (stored is null || stored.IsTombstone)
        {
            return stored is null || stored.Version < change.Version ? keep : ReturnVerdict.Nothing;
        }

        if (RecordCodec.TryEnvelope(stored) is not { } envelope)
        {
            // A part is better than what nobody can read.
            return stored.Version <= change.Version ? keep : ReturnVerdict.Nothing;
        }

        if (envelope.Projection is { Partial: true })
        {
            var order = stored.Version.CompareTo(change.Version);

            // Of two parts of one version the longer one tells more.
            return order < 0 || (order == 0 && change.Record!.Payload?.Value.Length > Length(stored))
                ? keep
                : ReturnVerdict.Nothing;
        }

        return stored.Version < change.Version
            ? new ReturnVerdict(ReturnDeed.Restamp, Behind(change.Version))
            : ReturnVerdict.Nothing;
    }

    private int Length(StoredRecord stored)
    {
        try
        {
            return codec.Payload(stored).Length;
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            return 0;
        }
    }

    private ReturnVerdict JudgeGone(ReturnedChange change, StoredRecord? stored)
    {
        // A tombstone of what the backup never had keeps another partner from bringing it back.
        if (stored is null || (stored.IsTombstone && stored.Version < change.Version))
        {
            return new ReturnVerdict(ReturnDeed.Bury, change.Version);
        }

        return stored.IsTombstone || !IsOverruled(change, stored)
            ? ReturnVerdict.Nothing
            : new ReturnVerdict(ReturnDeed.Bury, Later(change.Version, Behind(stored.Version))) { IsAgain = true };
    }

    private ReturnVerdict JudgeTakenBack(ReturnedChange change, StoredRecord? stored)
    {
        if (stored is null or { IsTombstone: true })
        {
            return ReturnVerdict.Nothing;
        }

        var isOlder = stored.Version < change.Version;
        var version = Behind(isOlder ? change.Version : stored.Version);
        if (change.Note.Reason != RemovalReason.ConsentWithdrawn)
        {
            return isOlder ? new ReturnVerdict(ReturnDeed.Restamp, version) : ReturnVerdict.Nothing;
        }

        if (change.Note.ConsentVersion == 0)
        {
            return IsOverruled(change, stored) && RecordCodec.Envelope(stored).State == RecordState.Active
                ? new ReturnVerdict(ReturnDeed.Freeze, version) { IsAgain = true }
                : ReturnVerdict.Nothing;
        }

        // Consents are ordered by their own version, whoever wrote the record when.
        return IsWithdrawn(RecordCodec.Envelope(stored).LegalBasis, change.Note.ConsentVersion)
            ? isOlder ? new ReturnVerdict(ReturnDeed.Restamp, version) : ReturnVerdict.Nothing
            : new ReturnVerdict(ReturnDeed.Withdraw, version) { IsAgain = true };
    }

    // Whoever knows a later word on any purpose knows of the withdrawal too: a person's words are counted together.
    private bool IsWithdrawn(LegalBasis? basis, ulong consent) => basis is not null && basis.Consents.Any(
        other => Admission.IsFor(other, flow)
            && (other.Version > consent || (other.Version == consent && other.Withdrawn)));

    private bool IsOverruled(ReturnedChange change, StoredRecord stored) =>
        stored.Version <= change.Version || stored.Version.Time >= restored.Time;

    // The next version that there can be: what another partner holds of a later one still counts.
    private static RecordVersion Behind(RecordVersion version) => version with { Clock = version.Clock + 1 };

    private static RecordVersion Later(RecordVersion one, RecordVersion other) => one > other ? one : other;
}

/// <summary>What is to be done with a record that a partner gave back.</summary>
/// <param name="Deed">What.</param>
/// <param name="Version">Under which version.</param>
internal readonly record struct ReturnVerdict(ReturnDeed Deed, RecordVersion Version)
{
    /// <summary>Nothing: what stands here is as good, or newer.</summary>
    public static ReturnVerdict Nothing => default;

    /// <summary>The backup still had what is gone again now.</summary>
    public bool IsAgain { get; init; }
}

/// <summary>What can be done with a record that a partner gave back.</summary>
internal enum ReturnDeed
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Keep what the partner had, marked partial.</summary>
    KeepPartial,

    /// <summary>Keep what stands here under a newer version, so that the partner takes it.</summary>
    Restamp,

    /// <summary>Delete or erase it.</summary>
    Bury,

    /// <summary>Erase what the partner still has, because this node's key store knows of the erasure.</summary>
    Erase,

    /// <summary>Keep it, and use it for nothing.</summary>
    Freeze,

    /// <summary>Note the withdrawal of the consent toward the partner.</summary>
    Withdraw,
}
