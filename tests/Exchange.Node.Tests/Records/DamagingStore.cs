using System.Collections.Concurrent;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Tests.Records;

/// <summary>A store whose disk spoils the payloads of some records, behind everybody's back: the feed tells nothing.</summary>
internal sealed class DamagingStore(IRecordStore inner) : DelegatingStore(inner)
{
    private readonly ConcurrentDictionary<RecordKey, bool> _damaged = new();

    /// <summary>Starts a node over such a store.</summary>
    public static Task<TestNode> StartAsync(string id, TimeProvider time) =>
        TestNode.StartEmptyAsync(id, time, services => services.AddSingleton<IRecordStore>(
            provider => new DamagingStore(provider.GetRequiredService<SealingStore>())));

    /// <summary>From now on a record of a node comes back damaged.</summary>
    public static void Damage(TestNode node, string kind, string id) =>
        ((DamagingStore)node.Services.GetRequiredService<IRecordStore>())._damaged[new RecordKey(kind, Guid.Parse(id))] = true;

    public override async Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) =>
        await base.GetAsync(key, cancellationToken) is { } stored ? Read(stored) : null;

    public override async Task<RecordPage> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        var page = await base.QueryAsync(query, cancellationToken);
        return new RecordPage([.. page.Records.Select(Read)], page.Next);
    }

    private StoredRecord Read(StoredRecord stored) => !_damaged.ContainsKey(stored.Key) ? stored : new StoredRecord
    {
        Key = stored.Key,
        Version = stored.Version,
        Revision = stored.Revision,
        Envelope = stored.Envelope,
        Payload = Spoil(stored.Payload.ToArray()),
        Keys = stored.Keys,
        PreviousKeys = stored.PreviousKeys,
        Position = stored.Position,
    };

    // What is plain can't be parsed any more; what is sealed can't be opened.
    private static byte[] Spoil(byte[] payload)
    {
        payload.AsSpan(payload[0] == 0 ? 1 : payload.Length - 1).Fill(0xFF);
        return payload;
    }
}
