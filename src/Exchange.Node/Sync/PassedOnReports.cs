using System.Buffers.Binary;
using System.Text;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// What this node tells a partner of how far it passed on that partner's records, and what it was told so itself.
///
/// A hub marks each record in the very commit that registers it for a receiver; what is told is worked out from the
/// register when a session with the home begins, so that a lost acknowledgement is made good by the receiver's next
/// cursor. A mark goes once the home has stored that the receiver confirmed the newest word.
/// </summary>
internal sealed class PassedOnReports(IRecordStore store, string node, string peer, TimeProvider time)
{
    /// <summary>The most items of a report.</summary>
    public const int MaxItems = 1000;

    // A mark that is new names what was given, so that a report in between takes away no newer one.
    private const byte Untold = 1;

    private static readonly byte[] Told = [2];

    private readonly Dictionary<string, OutgoingState> _standing = new(StringComparer.Ordinal);
    private List<Mark> _open = [];
    private ReadOnlyMemory<byte> _after;
    private ulong _number;

    /// <summary>The collection with the marks of what was passed on of a home's records.</summary>
    public static string Marks(string home) => $"passing-on/{home}";

    /// <summary>The collection with what a hub told of this node's records.</summary>
    public static string Collection(string hub) => $"passed-on/{hub}";

    /// <summary>Marks a record that is passed on to a receiver, or taken back there.</summary>
    public static EntryWrite MarkOf(string home, ReadOnlyMemory<byte> key, string receiver, DisclosureRow given)
    {
        var value = new byte[1 + sizeof(ulong) + sizeof(uint)];
        value[0] = Untold;
        BinaryPrimitives.WriteUInt64BigEndian(value.AsSpan(1), given.Version.Clock);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(1 + sizeof(ulong)), given.Revision);
        return new EntryWrite(Marks(home), (byte[])[.. key.Span, .. Encoding.UTF8.GetBytes(receiver)], value);
    }

    /// <summary>
    /// The next report for the home; null when there is nothing to tell. One report is open at a time.
    /// </summary>
    /// <param name="fromStart">Looks at all marks again.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<SyncPassedOn?> ReadAsync(bool fromStart, CancellationToken cancellationToken)
    {
        _after = fromStart ? default : _after;
        _standing.Clear();
        while (true)
        {
            var marks = await store.ReadEntriesAsync(Marks(peer), default, _after, MaxItems, cancellationToken);
            if (marks.Count == 0)
            {
                return null;
            }

            _after = marks[^1].Key;
            var report = new SyncPassedOn();
            _open = [];
            foreach (var mark in marks)
            {
                await AddAsync(report, mark, cancellationToken);
            }

            if (_open.Count > 0)
            {
                report.Number = ++_number;
                return report;
            }
        }
    }

    /// <summary>The home has stored a report: what it says for good needs no mark any more.</summary>
    public async Task StoredAsync(ulong number, CancellationToken cancellationToken)
    {
        if (number != _number)
        {
            return;
        }

        var entries = _open.ConvertAll(mark => new EntryWrite(
            Marks(peer),
            mark.Key,
            mark.IsForGood ? (ReadOnlyMemory<byte>?)null : Told,
            new EntryExpectation(mark.Value)));
        try
        {
            await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
        }
        catch (EntryConflictException)
        {
            // Something newer was passed on meanwhile. All of it is told once more.
        }
    }

    /// <summary>Keeps what a hub reports of this node's records.</summary>
    public async Task StoreAsync(SyncPassedOn report, CancellationToken cancellationToken)
    {
        var entries = await EntriesAsync(report.Items, cancellationToken);
        if (entries.Count > 0)
        {
            await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
        }
    }

    /// <summary>The entries that keep what a hub tells. Only of records that it was given by this node.</summary>
    public async Task<List<EntryWrite>> EntriesAsync(
        IReadOnlyList<PassedOn> items, CancellationToken cancellationToken)
    {
        var entries = new List<EntryWrite>();
        var told = items.Where(IsWellFormed).ToList();
        var keys = told.ConvertAll(item => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(
            new RecordKey(item.Kind, Guid.Parse(item.Id))));
        var rows = await DisclosureRegister.FindAsync(store, peer, keys, cancellationToken);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] is not null)
            {
                var item = told[i].Clone();
                item.ReportTime = time.GetUtcNow().ToTimestamp();
                entries.Add(new EntryWrite(
                    Collection(peer),
                    (byte[])[.. keys[i].Span, .. Encoding.UTF8.GetBytes(item.Node)],
                    item.ToByteArray()));
            }
        }

        return entries;
    }

    /// <summary>What a hub told of some records, by record and receiver.</summary>
    /// <param name="store">The store.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="keys">The records.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task<IReadOnlyList<PassedOn>> FindAsync(
        IRecordStore store, string hub, IEnumerable<RecordKey> keys, CancellationToken cancellationToken)
    {
        var found = new List<PassedOn>();
        if ((await store.ReadEntriesAsync(Collection(hub), default, default, 1, cancellationToken)).Count == 0)
        {
            return found;
        }

        foreach (var key in keys)
        {
            var entries = await store.ReadEntriesAsync(
                Collection(hub), RecordKeyBytes.Of(key), default, MaxItems, cancellationToken);
            found.AddRange(entries.Select(entry => PassedOn.Parser.ParseFrom(entry.Value.Span)));
        }

        return found;
    }

    /// <summary>Reads anew how far receivers have come when it is next asked.</summary>
    public void Forget() => _standing.Clear();

    /// <summary>What the register says of a record toward a receiver; null when nothing was ever sent.</summary>
    public async Task<PassedOn?> TellAsync(RecordKey key, string receiver, CancellationToken cancellationToken)
    {
        var row = (await DisclosureRegister.FindAsync(
            store, receiver, [RecordKeyBytes.Of(key)], cancellationToken))[0];
        if (row is null)
        {
            return null;
        }

        var state = await StandingAsync(receiver, cancellationToken);
        return new PassedOn
        {
            Kind = key.Kind,
            Id = key.Id.ToString(),
            Node = receiver,
            Version = new V1.RecordVersion { Clock = row.Version.Clock, Node = row.Version.Node },
            Revision = row.Revision,
            Withdrawn = row.IsWithdrawn,
            AgreementId = row.Agreement,
            Projection = row.Projection,
            SentTime = row.Time.ToTimestamp(),
            Confirmed = state.IsHeld(row),
        };
    }

    private async Task AddAsync(SyncPassedOn report, Entry mark, CancellationToken cancellationToken)
    {
        var key = RecordKeyBytes.Read(mark.Key.Span);
        var receiver = Encoding.UTF8.GetString(mark.Key.Span[RecordKeyBytes.Length(key)..]);
        var item = await TellAsync(key, receiver, cancellationToken);
        var isNews = item is not null && (item.Confirmed || !mark.Value.Span.SequenceEqual(Told));
        if (isNews)
        {
            report.Items.Add(item);
        }

        // A register that was restored from a backup may know nothing of it any more.
        if (isNews || item is null)
        {
            _open.Add(new Mark(mark.Key, mark.Value, item is not { Confirmed: false }));
        }
    }

    private async Task<OutgoingState> StandingAsync(string receiver, CancellationToken cancellationToken)
    {
        if (!_standing.TryGetValue(receiver, out var state))
        {
            var found = (await store.GetEntriesAsync(
                OutgoingState.Collection(receiver), [OutgoingState.Key], cancellationToken))[0];
            state = found is { } bytes ? OutgoingState.Read(bytes.Span) : new OutgoingState();
            _standing[receiver] = state;
        }

        return state;
    }

    private bool IsWellFormed(PassedOn item) =>
        ChangeReader.IsKind(item.Kind) && Guid.TryParseExact(item.Id, "D", out _)
        && NodeIds.IsValid(item.Node) && item.Node != node && item.Node != peer
        && item.Version is { } version && NodeIds.IsValid(version.Node)
        && item.SentTime is not null && item.AgreementId.Length <= 63 && item.Projection.Length <= 64;

    private readonly record struct Mark(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, bool IsForGood);
}
