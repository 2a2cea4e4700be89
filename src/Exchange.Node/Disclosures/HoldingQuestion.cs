using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Disclosures;

/// <summary>Asks partners what they hold now of what they were given, and compares it with the register.</summary>
internal sealed class HoldingQuestion(NodeIdentity node, PeerLines lines, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks all at once, and completes what is told of each.</summary>
    public Task AskAsync(IReadOnlyList<PartnerDisclosures> partners, CancellationToken cancellationToken) =>
        Task.WhenAll(partners.Select(partner => AskAsync(partner, cancellationToken)));

    private async Task AskAsync(PartnerDisclosures partner, CancellationToken cancellationToken)
    {
        try
        {
            var answers = await AnswersAsync(partner, cancellationToken);
            foreach (var record in partner.Records)
            {
                if (answers.TryGetValue(record.Key, out var answer))
                {
                    record.Told.Holding = answer.Holding;
                    record.Told.AsRegistered = IsAsRegistered(record.Row, answer);
                }
            }
        }
        catch (ExchangeException failure)
        {
            partner.Told.Error = ErrorStatus.ToStatus(failure);
        }
    }

    private async Task<Dictionary<RecordKey, HeldAnswer>> AnswersAsync(
        PartnerDisclosures partner, CancellationToken cancellationToken)
    {
        var name = partner.Peer.Node;
        if (partner.Peer.Options.Address is not { Length: > 0 } address)
        {
            throw SyncFailure.Unreachable(name, "the configuration has no address of it").ToException();
        }

        using var channel = await lines.OpenAsync(name, address, cancellationToken);
        var client = new V1.DisclosureService.DisclosureServiceClient(channel.Calls);
        var answers = new Dictionary<RecordKey, HeldAnswer>();
        foreach (var some in partner.Records.Chunk(Holdings.MaxRecords))
        {
            var request = Request(partner.Peer, some);
            var response = await PeerCall.RunAsync(
                name,
                Patience,
                time,
                (deadline, token) => client.TellHeldAsync(request, null, deadline, token),
                cancellationToken);
            foreach (var answer in response.Answers)
            {
                if (Guid.TryParseExact(answer.Id, "D", out var id) && IsPlausible(answer.Holding))
                {
                    answers[new RecordKey(answer.Kind, id)] = answer;
                }
            }
        }

        return answers;
    }

    private TellHeldRequest Request(SyncPeer peer, IEnumerable<Disclosed> records)
    {
        // A partner has one agreement with this node; its newest version names it.
        var request = new TellHeldRequest { Node = node.Id, AgreementId = peer.Versions[^1].Agreement.Id };
        request.Records.AddRange(
            records.Select(record => new HeldName { Kind = record.Key.Kind, Id = record.Key.Id.ToString() }));
        return request;
    }

    // What comes from outside is shown to people: only what looks like an id is repeated.
    private static bool IsPlausible(Holding? holding) =>
        holding is not null && (holding.Version is not { } version || NodeIds.IsValid(version.Node));

    private static bool IsAsRegistered(DisclosureRow row, HeldAnswer answer)
    {
        var holding = answer.Holding;
        if (holding.Quarantined)
        {
            return false;
        }

        if (row.IsWithdrawn)
        {
            return holding.State is HoldingState.None or HoldingState.Removed;
        }

        return holding.State == HoldingState.Held
            && holding.Version is { } version
            && SyncChanges.Version(version) == row.Version
            && holding.Revision == row.Revision
            && answer.DigestItem.Length == DigestItem.Length
            && DigestItem.Read(answer.DigestItem.Span) == row.Item;
    }
}
