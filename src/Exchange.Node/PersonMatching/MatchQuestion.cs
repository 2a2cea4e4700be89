using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.PersonMatching;

/// <summary>Asks a partner which of the records that it gave are about persons of this node's own.</summary>
internal sealed class MatchQuestion(MatchKeys keys, NodeIdentity node, PeerLines lines, TimeProvider time)
{
    // The partner reads all that it gave.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The given records of each person that has any.</summary>
    /// <param name="peer">The partner.</param>
    /// <param name="workers">Own workers with the ID number of each.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ExchangeException">The partner can't be reached, or refused.</exception>
    public async Task<List<GivenPerson>> AskAsync(
        SyncPeer peer, IReadOnlyList<(string Id, string IdNumber)> workers, CancellationToken cancellationToken)
    {
        if (peer.Options.Address is not { Length: > 0 } address)
        {
            throw SyncFailure.Unreachable(peer.Node, "the configuration has no address of it").ToException();
        }

        var number = keys.Present;
        var key = keys.Of(peer, number);
        var request = new MatchPersonsRequest
        {
            Node = node.Id,
            Suite = Suites.MatchHmacSha256,
            KeyNumber = number,
        };
        var asked = new List<string>();
        foreach (var (id, idNumber) in workers)
        {
            if (MatchKeys.Token(key, idNumber) is { } token)
            {
                request.Tokens.Add(UnsafeByteOperations.UnsafeWrap(token));
                asked.Add(id);
            }
        }

        if (asked.Count == 0)
        {
            return [];
        }

        using var channel = await lines.OpenAsync(peer.Node, address, cancellationToken);
        var client = new V1.PersonMatchService.PersonMatchServiceClient(channel.Calls);
        var response = await PeerCall.RunAsync(
            peer.Node,
            Patience,
            time,
            (deadline, token) => client.MatchPersonsAsync(request, null, deadline, token),
            cancellationToken);

        // What comes from outside is shown to people: only what looks like an id is repeated.
        return
        [
            .. response.Matches
                .Where(match => match.Index < asked.Count)
                .Select(match => new GivenPerson
                {
                    WorkerId = asked[(int)match.Index],
                    GivenIds = { match.WorkerIds.Where(ReferenceRules.IsId) },
                }),
        ];
    }
}
