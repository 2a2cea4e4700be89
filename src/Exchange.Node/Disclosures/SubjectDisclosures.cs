using System.Globalization;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Disclosures;

/// <summary>Tells from the register which partner was given which of a person's records.</summary>
internal sealed class SubjectDisclosures(
    IRecordStore store, SyncPeers peers, SubjectRecords subjects, RecordKinds kinds, NodeIdentity node)
{
    /// <summary>The answer about a subject, and each partner's part of it.</summary>
    /// <exception cref="ExchangeException">
    /// No record of the subject is, or was, at home here, and none was passed on.
    /// </exception>
    public async Task<(WhoSawResponse Answer, IReadOnlyList<PartnerDisclosures> Partners)> FindAsync(
        Guid subject, CancellationToken cancellationToken)
    {
        var held = await subjects.FindAsync(subject, cancellationToken);
        var (own, foreign) = await KeysAsync(subject, held, cancellationToken);
        var partners = new List<PartnerDisclosures>();
        var passedOn = new HashSet<RecordKey>();
        foreach (var peer in peers.All)
        {
            var records = await FindAsync(peer.Node, [.. own, .. foreign], cancellationToken);
            passedOn.UnionWith(records.Select(record => record.Key).Where(foreign.Contains));
            if (records.Count > 0)
            {
                partners.Add(Partner(peer, records));
            }
        }

        if (own.Count + passedOn.Count == 0)
        {
            throw ExchangeException.NotFound("subject", subject.ToString());
        }

        var answer = new WhoSawResponse
        {
            SubjectId = subject.ToString(),
            RecordCount = (uint)own.Count,
            ForeignCount = held.Foreign,
            PassedOnCount = (uint)passedOn.Count,
        };
        answer.Partners.AddRange(partners.Select(partner => partner.Told));
        foreach (var hub in peers.All)
        {
            var told = await PassedOnReports.FindAsync(store, hub.Node, own, cancellationToken);
            answer.Partners.AddRange(told.GroupBy(item => item.Node, StringComparer.Ordinal)
                .Select(receiver => PassedOn(hub.Node, receiver.Key, receiver)));
        }

        answer.HouseholdIds.AddRange(held.Households.Select(household => household.Stored.Key.Id.ToString()));
        return (answer, partners);
    }

    /// <summary>The records of a subject that this node gave, or may have given, to partners.</summary>
    /// <exception cref="ExchangeException">There is none.</exception>
    public async Task<List<RecordKey>> KeysAsync(Guid subject, CancellationToken cancellationToken)
    {
        var held = await subjects.FindAsync(subject, cancellationToken);
        var (own, foreign) = await KeysAsync(subject, held, cancellationToken);
        if (own.Count == 0)
        {
            var given = new HashSet<RecordKey>();
            foreach (var peer in peers.All)
            {
                given.UnionWith((await FindAsync(peer.Node, foreign, cancellationToken)).Select(record => record.Key));
            }

            foreign = [.. given];
        }

        return own.Count + foreign.Count == 0
            ? throw ExchangeException.NotFound("subject", subject.ToString())
            : [.. own, .. foreign];
    }

    /// <summary>
    /// The records of a subject, those included that are gone, by kind and id: of this node, and of other homes.
    /// </summary>
    private async Task<(List<RecordKey> Own, List<RecordKey> Foreign)> KeysAsync(
        Guid subject, SubjectHoldings held, CancellationToken cancellationToken)
    {
        var own = held.Own.Select(record => record.Stored.Key).ToHashSet();
        var foreign = held.Others.Select(record => record.Stored.Key).ToHashSet();
        if (await ErasureRow.FindAsync(store, subject, cancellationToken) is { } erasure)
        {
            own.UnionWith(erasure.TakenBack);
        }

        // A record that was deleted names nobody any more, but the person's own is known by its id.
        foreach (var kind in kinds.All.Where(kind => kind.IsPersonal))
        {
            var key = new RecordKey(kind.Name, subject);
            if (await store.GetAsync(key, cancellationToken) is { IsTombstone: true } gone)
            {
                (RecordCodec.Envelope(gone).HomeNode == node.Id ? own : foreign).Add(key);
            }
        }

        foreign.ExceptWith(own);
        return (Sorted(own), Sorted(foreign));
    }

    private static List<RecordKey> Sorted(IEnumerable<RecordKey> keys) =>
        [.. keys.OrderBy(key => key.Kind, StringComparer.Ordinal).ThenBy(key => key.Id)];

    private static DisclosurePartner PassedOn(string hub, string receiver, IEnumerable<PassedOn> items)
    {
        var told = new DisclosurePartner { Node = receiver, PassedOnBy = hub };
        foreach (var alike in items.GroupBy(item => (item.Kind, item.AgreementId, item.Projection)))
        {
            var view = new DisclosedView
            {
                Kind = alike.Key.Kind,
                AgreementId = alike.Key.AgreementId,
                AgreementVersion = VersionIn(alike.Key.Projection),
                Projection = alike.Key.Projection,
            };
            view.Records.AddRange(alike.Select(item => new DisclosedRecord
            {
                Id = item.Id,
                Version = item.Version,
                Revision = item.Revision,
                Withdrawn = item.Withdrawn,
                SentTime = item.SentTime,
                Confirmed = item.Confirmed,
            }));
            told.Views.Add(view);
        }

        return told;
    }

    private static uint VersionIn(string projection)
    {
        var digits = projection.AsSpan(projection.LastIndexOf(':') + 1);
        _ = uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version);
        return version;
    }

    private async Task<List<Disclosed>> FindAsync(
        string peer, List<RecordKey> keys, CancellationToken cancellationToken)
    {
        // The state first: an acknowledgement that comes in between is told the next time.
        var standing = await store.GetEntriesAsync(
            OutgoingState.Collection(peer), [OutgoingState.Key], cancellationToken);
        var state = standing[0] is { } bytes ? OutgoingState.Read(bytes.Span) : new OutgoingState();
        var rows = await DisclosureRegister.FindAsync(
            store, peer, keys.ConvertAll(key => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(key)), cancellationToken);
        var found = new List<Disclosed>();
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] is { } row)
            {
                found.Add(new Disclosed(keys[i], row, Tell(keys[i], row, state.IsHeld(row))));
            }
        }

        return found;
    }

    private static DisclosedRecord Tell(RecordKey key, DisclosureRow row, bool isConfirmed) => new()
    {
        Id = key.Id.ToString(),
        Version = new V1.RecordVersion { Clock = row.Version.Clock, Node = row.Version.Node },
        Revision = row.Revision,
        Withdrawn = row.IsWithdrawn,
        SentTime = row.Time.ToTimestamp(),
        Confirmed = isConfirmed,
    };

    private PartnerDisclosures Partner(SyncPeer peer, List<Disclosed> records)
    {
        var told = new DisclosurePartner { Node = peer.Node };
        foreach (var alike in records.GroupBy(
            record => (record.Key.Kind, record.Row.Agreement, record.Row.Projection, record.Row.Purposes)))
        {
            var view = View(peer, alike.Key.Kind, alike.First().Row);
            view.Records.AddRange(alike.Select(record => record.Told));
            told.Views.Add(view);
        }

        return new PartnerDisclosures(peer, told, records);
    }

    private DisclosedView View(SyncPeer peer, string kind, DisclosureRow row)
    {
        var (agreement, projection) = (row.Agreement, row.Projection);
        var end = projection.LastIndexOf(':');
        var version = VersionIn(projection);
        var view = new DisclosedView
        {
            Kind = kind,
            AgreementId = agreement,
            AgreementVersion = version,
            Projection = projection,
            Purpose = row.Purposes.Replace(PurposeSet.Separator.ToString(), ", ", StringComparison.Ordinal),
        };
        var terms = peer.Versions.FirstOrDefault(
            terms => terms.Agreement.Id == agreement && terms.Agreement.Version == version);
        var profiles = projection[..Math.Max(end, 0)].Split('+');
        var flows = terms?.Flows(node.Id, peer.Node).Where(flow => profiles.Contains(flow.Profile)).ToList() ?? [];
        if (flows.Count < profiles.Length)
        {
            return view;
        }

        view.TermsKnown = true;
        view.Purpose = string.Join(", ", flows.Select(flow => flow.Purpose));
        var descriptor = kinds.Find(kind)?.Descriptor;
        var plans = flows.SelectMany(flow => flow.Kinds)
            .Where(rule => rule.Kind == kind)
            .Select(rule => FieldPlan.Compile(rule.Fields, descriptor));
        view.Fields.AddRange(DisclosedFields.Of(FieldPlan.Union(plans), descriptor));
        return view;
    }
}
