using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>Notes what is shown to local callers of records about persons, durably and before it leaves.</summary>
internal sealed class AuditReads(AuditTrail trail, RecordKinds kinds)
{
    /// <summary>Records of this kind are about persons, or nobody here knows what they are about.</summary>
    public bool IsPersonal(string kind) => kinds.Find(kind) is not { IsPersonal: false };

    /// <summary>Notes the personal ones of what is about to be answered, masked.</summary>
    public Task NoteAsync(IEnumerable<RecordKey> shown, CancellationToken cancellationToken) =>
        NoteAsync(shown, unmaskPurpose: "", cancellationToken);

    /// <summary>Notes the personal ones of what is about to be answered.</summary>
    /// <param name="shown">The records.</param>
    /// <param name="unmaskPurpose">What they are shown in the clear for; empty when they are masked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task NoteAsync(
        IEnumerable<RecordKey> shown, string unmaskPurpose, CancellationToken cancellationToken) =>
        NoteAsync(
            unmaskPurpose.Length > 0 ? AuditAction.Unmasked : AuditAction.Read,
            shown.Where(key => IsPersonal(key.Kind)),
            unmaskPurpose,
            cancellationToken);

    /// <summary>Notes that all that is held about a person is about to be shown, in the clear.</summary>
    /// <param name="subject">The person.</param>
    /// <param name="shown">The records.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task NoteSubjectAsync(
        Guid subject, IEnumerable<RecordKey> shown, string purpose, CancellationToken cancellationToken) =>
        NoteAsync(
            AuditAction.SubjectShown,
            shown.Prepend(new RecordKey("subject", subject)),
            purpose,
            cancellationToken);

    private async Task NoteAsync(
        AuditAction action, IEnumerable<RecordKey> shown, string purpose, CancellationToken cancellationToken)
    {
        var draft = new AuditDraft(Context(purpose), action);
        foreach (var key in shown)
        {
            draft.Add(key);
        }

        if (!draft.IsEmpty)
        {
            await trail.WriteAsync(draft, cancellationToken);
        }
    }

    /// <summary>Notes of which of its records a partner is about to be told whether they are held.</summary>
    public async Task NoteHoldingsAsync(
        string partner, string method, IReadOnlyCollection<RecordKey> asked, CancellationToken cancellationToken)
    {
        var context = AuditContext.Partner(partner, method);
        var draft = new AuditDraft(context, AuditAction.HoldingsTold) { Partner = partner };
        foreach (var key in asked)
        {
            draft.Add(key);
        }

        await trail.WriteAsync(draft, cancellationToken);
    }

    /// <summary>Notes placements, and the workers whose they are.</summary>
    public Task NoteAsync(
        IEnumerable<Placement> shown, string unmaskPurpose, CancellationToken cancellationToken) =>
        NoteAsync(shown.SelectMany(Keys).Distinct(), unmaskPurpose, cancellationToken);

    /// <summary>
    /// Notes that a stream may show personal data; what it did is noted as it goes on, and at its end.
    /// </summary>
    /// <param name="detail">What is watched.</param>
    /// <param name="unmaskPurpose">What it is shown in the clear for; empty when it is masked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<WatchedRecords> WatchAsync(
        string detail, string unmaskPurpose, CancellationToken cancellationToken)
    {
        var context = Context(unmaskPurpose);
        var begun = new AuditDraft(context, AuditAction.Watched)
        {
            Outcome = AuditOutcome.Begun,
            Detail = detail,
        };
        await trail.WriteAsync(begun, cancellationToken);
        return new WatchedRecords(trail, context);
    }

    /// <summary>Notes that persons are matched with a partner's.</summary>
    /// <param name="context">Who asks, and what for.</param>
    /// <param name="partner">The partner that asks, or is asked.</param>
    /// <param name="asked">About how many persons.</param>
    /// <param name="records">Those that matched, or that are asked about.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task NoteMatchAsync(
        AuditContext context,
        string partner,
        int asked,
        IEnumerable<RecordKey> records,
        CancellationToken cancellationToken)
    {
        var draft = new AuditDraft(context, AuditAction.PersonsMatched)
        {
            Partner = partner,
            Detail = $"asked {asked}",
        };
        foreach (var key in records)
        {
            draft.Add(key);
        }

        await trail.WriteAsync(draft, cancellationToken);
    }

    /// <summary>Who is at work, with what for.</summary>
    public AuditContext Context(string unmaskPurpose) => trail.Context with { Purpose = unmaskPurpose };

    /// <summary>The records by which a placement is found in the chain.</summary>
    public static IEnumerable<RecordKey> Keys(Placement placement)
    {
        foreach (var (kind, id) in new[] { ("placement", placement.Id), ("worker", placement.WorkerId) })
        {
            if (Guid.TryParse(id, out var parsed))
            {
                yield return new RecordKey(kind, parsed);
            }
        }
    }
}
