using System.Collections.Frozen;
using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>
/// What a commit means, told by what it writes. Every record that is written is noted, and every collection that isn't
/// named here as the node's own bookkeeping: a new one is noted until somebody says that it needn't be.
/// </summary>
internal static class AuditRules
{
    // By the part before the slash, behind which a partner's name stands.
    private static readonly FrozenSet<string> Bookkeeping = new[]
    {
        AuditChain.Collection, AuditChain.Heads,
        PutScope.Streams, PutScope.Used, PutScope.Placements, PutScope.Answers, PutScope.Undo, StreamUndo.Undone,
        Placements.ReferralQuotas.Turns, PersonMatching.MatchBudget.Collection,
        ErasureRow.RecordsCollection, KeyRetirements.Collection,
        ErasedBefore.Collection,
        "sync-in", "digest-in", "sync-out", "digest-out", "sync-peers", "peer-days", "leases", "receipts",
        "sight", "fence", "retracting", "reproject", "repair", "returns", "waiting", "quarantine", "put-aside",
        "disclosed", "passing-on", "passed-on", "bundled",
        "identity-reviews", "identity-review-records", "identity-review-tokens", "identity-review-cursor",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, AuditAction> ByMethod = new Dictionary<string, AuditAction>
    {
        ["exchange.v1.SubjectService/EraseSubject"] = AuditAction.Erased,
        ["exchange.v1.SubjectService/CorrectSubject"] = AuditAction.Corrected,
        ["exchange.v1.SubjectService/RestrictSubject"] = AuditAction.Restricted,
        ["exchange.v1.SubjectService/LiftRestriction"] = AuditAction.RestrictionLifted,
        ["exchange.v1.RecordService/UndoStream"] = AuditAction.Undone,
        ["exchange.v1.ReviewService/ConfirmPartialRecord"] = AuditAction.ReviewSettled,
        ["exchange.v1.ReviewService/SettleIdentityReview"] = AuditAction.ReviewSettled,
        ["exchange.v1.AgreementService/TakeOverRecords"] = AuditAction.AgreementChanged,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What writing records is called, when it comes about this way.</summary>
    public static AuditAction ActionOfWrites(string method) =>
        ByMethod.GetValueOrDefault(method, AuditAction.Written);

    /// <summary>What is to be told of the entries that a commit writes beside its records.</summary>
    public static List<AuditDraft> Read(AuditContext context, IReadOnlyList<EntryWrite> entries)
    {
        var drafts = new List<AuditDraft>();
        AuditDraft? given = null;
        AuditDraft? takenBack = null;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var slash = entry.Collection.IndexOf('/', StringComparison.Ordinal);
            var name = slash < 0 ? entry.Collection : entry.Collection[..slash];
            if (name == DisclosureRegister.Name && entry.Value is { } value)
            {
                Disclose(context, entry, value.Span, ref given, ref takenBack);
            }
            else if (!Bookkeeping.Contains(name))
            {
                drafts.Add(Change(context, entry, name, slash < 0 ? "" : entry.Collection[(slash + 1)..]));
            }
        }

        drafts.AddRange(new[] { given, takenBack }.OfType<AuditDraft>());
        return drafts;
    }

    // A commit of sync is about one partner.
    private static void Disclose(
        AuditContext context, EntryWrite entry, ReadOnlySpan<byte> value, ref AuditDraft? given, ref AuditDraft? back)
    {
        var row = DisclosureRow.Read(value);
        if (row.Delivery.IsAcknowledged)
        {
            // Was noted when it was sent.
            return;
        }

        var partner = entry.Collection[(DisclosureRegister.Name.Length + 1)..];
        var key = RecordKeyBytes.Read(entry.Key.Span);
        if (row.IsWithdrawn)
        {
            back ??= new AuditDraft(context, AuditAction.Retracted) { Partner = partner };
            back.Add(key, isRemoved: true);
        }
        else
        {
            given ??= new AuditDraft(context, AuditAction.Disclosed) { Partner = partner };
            given.Add(key);
        }
    }

    private static AuditDraft Change(AuditContext context, EntryWrite entry, string name, string partner)
    {
        switch (name)
        {
            case "agreements":
                return new AuditDraft(context, AuditAction.AgreementChanged)
                {
                    Detail = Encoding.UTF8.GetString(entry.Key.Span),
                };
            case "credentials":
                return new AuditDraft(context, AuditAction.CredentialChanged)
                {
                    Detail = Encoding.UTF8.GetString(entry.Key.Span),
                };
            case ErasureRow.Collection:
                var erased = new AuditDraft(context, AuditAction.Erased);
                erased.Add(new RecordKey("subject", ErasureRow.Subject(entry.Key.Span)), isRemoved: true);
                return erased;
            case "discarded":
                var discarded = new AuditDraft(context, AuditAction.QuarantineDiscarded) { Partner = partner };
                discarded.Add(RecordKeyBytes.Read(entry.Key.Span));
                return discarded;
            case "bundles":
                var isExport = context.Method.EndsWith("/ExportBundle", StringComparison.Ordinal);
                return new AuditDraft(
                    context, isExport ? AuditAction.BundleExported : AuditAction.BundleImported)
                { Partner = partner };
            default:
                return new AuditDraft(context, AuditAction.ConfigurationChanged) { Detail = name, Partner = partner };
        }
    }
}
