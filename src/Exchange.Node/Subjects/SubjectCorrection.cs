using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Subjects;

/// <summary>Corrects a record at the request of the person whom it is about.</summary>
internal sealed class SubjectCorrection(
    IRecordStore store, SubjectRecords subjects, RecordWriter writer, SyncPeers peers, AuditTrail trail)
{
    /// <summary>Writes the correction, and tells who will be given it.</summary>
    /// <exception cref="ExchangeException">The record isn't at home here, or isn't about the subject.</exception>
    public async Task<CorrectSubjectResponse> CorrectAsync(
        Guid subject, CorrectSubjectRequest request, CallReach reach, CancellationToken cancellationToken)
    {
        if (request.Payload is null)
        {
            throw ExchangeException.Invalid("payload", "Send the kind's message with the right values.");
        }

        if (request.UpdateMask is not { Paths.Count: > 0 } mask || mask.Paths.Contains("*"))
        {
            throw ExchangeException.Invalid("update_mask", "Name the fields that are corrected, one by one.");
        }

        var id = request.Id.Length == 0 ? subject : RecordResolver.ParseId("id", request.Id);
        var key = new RecordKey(request.Kind, id);
        var held = await subjects.FindAsync(subject, cancellationToken);
        if (held.Own.All(record => record.Stored.Key != key))
        {
            throw reach.Missing(request.Kind, id.ToString());
        }

        var item = new PutRecordItem
        {
            Record = new Record { Kind = request.Kind, Id = id.ToString(), Payload = request.Payload },
            UpdateMask = mask,
            Etag = request.Etag,
        };
        using var entered = trail.Enter(trail.Context with { Purpose = request.Purpose });
        var answer = await writer.WriteAsync(item, scope: null, reach, cancellationToken);
        return new CorrectSubjectResponse
        {
            Id = answer.Id,
            Etag = answer.Etag,
            Partners = { await HoldersAsync(key, cancellationToken) },
        };
    }

    private async Task<List<string>> HoldersAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var holders = new List<string>();
        foreach (var peer in peers.All)
        {
            var rows = await DisclosureRegister.FindAsync(
                store, peer.Node, [RecordKeyBytes.Of(key)], cancellationToken);
            if (rows[0] is { IsWithdrawn: false })
            {
                holders.Add(peer.Node);
            }
        }

        return holders;
    }
}
