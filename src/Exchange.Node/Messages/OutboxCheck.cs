using Exchange.Node.Access;
using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Messages;

/// <summary>
/// Asks once more, when a message is collected, what was asked when it was written: between the two, somebody may have
/// wanted no more, and a post may have been filled or held.
/// </summary>
internal sealed class OutboxCheck(
    IRecordStore store,
    RecordCodec codec,
    RecordWriter writer,
    Digests digests,
    OpenVacancies open,
    JobCodes codes,
    NodeIdentity node,
    TimeProvider time)
{
    /// <summary>
    /// A message as it goes now, and the number that it goes to, empty for a notice board. Null when it isn't for this
    /// caller, or is damaged, itself or its worker; or when it can't go any more, and was settled as failed, with the
    /// reason.
    /// </summary>
    public async Task<(OutboxMessage Message, string Phone)?> AskAsync(
        StoredRecord stored, CallReach reach, CancellationToken cancellationToken)
    {
        if (codec.TryDecode(stored)?.Payload?.Unpack<OutboxMessage>() is not { } message)
        {
            return null;
        }

        var phone = "";
        if (message.WorkerId.Length > 0)
        {
            var key = new RecordKey(WorkerKind.KindName, Guid.ParseExact(message.WorkerId, "D"));
            var found = await store.GetAsync(key, cancellationToken);
            if (found is not null && !await reach.ReachesPlaceAsync(found, cancellationToken))
            {
                return null;
            }

            var record = found is { IsTombstone: false } ? codec.TryDecode(found) : null;
            if (record is null && found is { IsTombstone: false })
            {
                // Damaged: nobody can tell what the worker wants, and the message waits until the record is mended.
                return null;
            }

            var worker = record?.Payload?.Unpack<Worker>();
            var reason = await digests.ReasonAsync(message.WorkerId, worker, cancellationToken);
            if (reason != LeftOutReason.Unspecified)
            {
                await FailAsync(stored, message, Words(reason), cancellationToken);
                return null;
            }

            phone = Digests.PhoneOf(worker);
        }

        return await StillTellsAsync(stored, message, cancellationToken) ? (message, phone) : null;
    }

    // Tells of what is open still, and fails when nothing is.
    private async Task<bool> StillTellsAsync(
        StoredRecord stored, OutboxMessage message, CancellationToken cancellationToken)
    {
        var told = new List<(Vacancy Vacancy, string Code)>();
        var ids = new List<string>();
        foreach (var id in message.VacancyIds)
        {
            if (await open.FindAsync(id, cancellationToken) is { } vacancy
                && open.IsOpen(vacancy)
                && await codes.FindAsync(id, cancellationToken) is { Length: > 0 } code)
            {
                told.Add((vacancy, code));
                ids.Add(id);
            }
        }

        if (ids.Count == message.VacancyIds.Count)
        {
            return true;
        }

        if (ids.Count == 0)
        {
            await FailAsync(stored, message, "None of its vacancies is open any more.", cancellationToken);
            return false;
        }

        message.VacancyIds.Clear();
        message.VacancyIds.AddRange(ids);
        message.BodyWords = DigestText.Of(message.Channel, node.Name, told);
        return await PutAsync(stored, message, cancellationToken);
    }

    private Task<bool> FailAsync(
        StoredRecord stored, OutboxMessage message, string why, CancellationToken cancellationToken)
    {
        (message.State, message.FailureWords) = (MessageState.Failed, why);
        message.SettledDate = DateRules.ToDate(NodeIdentity.Today(time));
        return PutAsync(stored, message, cancellationToken);
    }

    // The node settles it, whoever collects: what can't go is nobody's any more. A gateway that settles it at the same
    // time is right.
    private async Task<bool> PutAsync(StoredRecord stored, OutboxMessage message, CancellationToken cancellationToken)
    {
        var item = new PutRecordItem
        {
            Number = 1,
            Etag = Etag.Format(stored.Version),
            Record = new Record
            {
                Kind = OutboxMessageKind.KindName,
                Id = stored.Key.Id.ToString(),
                LegalBasis = Replies.Duty(),
                Payload = Any.Pack(message),
            },
        };
        return (await writer.PutAsync(item, scope: null, CallReach.Whole, cancellationToken)).Error is null;
    }

    private static string Words(LeftOutReason reason) => reason switch
    {
        LeftOutReason.Stopped => "The worker wants no more messages.",
        LeftOutReason.NotYet => "The worker doesn't want to be asked yet.",
        LeftOutReason.NoPhone => "No telephone number is known any more.",
        _ => "The worker's record is frozen or gone.",
    };
}
