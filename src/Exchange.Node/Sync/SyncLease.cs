using System.Buffers.Binary;
using System.Text;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Says in the store which session with a peer is the one that counts, so that several processes over one store agree.
/// The newest takes it; an older one notices when it next renews.
/// </summary>
internal sealed class SyncLease(IRecordStore store, TimeProvider time)
{
    private const string Collection = "leases";
    private const int Attempts = 5;
    private const int ValueLength = 25;

    /// <summary>How often a session renews.</summary>
    public static TimeSpan RenewPeriod { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session that crashed seems to run.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(35);

    /// <summary>Takes the lease, whoever holds it.</summary>
    /// <returns>What stands in the store now, for <see cref="RenewAsync"/>.</returns>
    /// <exception cref="EntryConflictException">Others keep taking it.</exception>
    public async Task<ReadOnlyMemory<byte>> TakeAsync(
        string peer, Guid session, SyncMode mode, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var standing = await ReadAsync(peer, cancellationToken);
            try
            {
                return await WriteAsync(peer, standing, session, mode, cancellationToken);
            }
            catch (EntryConflictException) when (attempt < Attempts)
            {
                // Another session took it in between; this one is newer.
            }
        }
    }

    /// <summary>Prolongs the lease.</summary>
    /// <returns>What stands in the store now.</returns>
    /// <exception cref="EntryConflictException">A newer session has taken it.</exception>
    public Task<ReadOnlyMemory<byte>> RenewAsync(
        string peer, ReadOnlyMemory<byte> standing, CancellationToken cancellationToken) =>
        WriteAsync(peer, standing, SessionOf(standing), ModeOf(standing), cancellationToken);

    /// <summary>Gives the lease back, unless a newer session has taken it.</summary>
    public async Task ReleaseAsync(string peer, ReadOnlyMemory<byte> standing, CancellationToken cancellationToken)
    {
        var drop = new EntryWrite(Collection, KeyOf(peer), Value: null, new EntryExpectation(standing));
        try
        {
            await store.CommitAsync(new Commit { Entries = [drop] }, cancellationToken);
        }
        catch (EntryConflictException)
        {
            // It belongs to the newer one now.
        }
    }

    /// <summary>The mode of the session that runs now, in any process; unspecified when none does.</summary>
    public async Task<SyncMode> RunningAsync(string peer, CancellationToken cancellationToken) =>
        await ReadAsync(peer, cancellationToken) is { Length: ValueLength } standing
        && ExpiryOf(standing) > time.GetUtcNow().ToUnixTimeMilliseconds()
            ? ModeOf(standing)
            : SyncMode.Unspecified;

    private async Task<ReadOnlyMemory<byte>?> ReadAsync(string peer, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Collection, [KeyOf(peer)], cancellationToken))[0];

    private async Task<ReadOnlyMemory<byte>> WriteAsync(
        string peer,
        ReadOnlyMemory<byte>? standing,
        Guid session,
        SyncMode mode,
        CancellationToken cancellationToken)
    {
        var value = new byte[ValueLength];
        session.TryWriteBytes(value, bigEndian: true, out _);
        value[16] = (byte)mode;
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(17), (time.GetUtcNow() + Lifetime).ToUnixTimeMilliseconds());
        var write = new EntryWrite(Collection, KeyOf(peer), value, new EntryExpectation(standing));
        await store.CommitAsync(new Commit { Entries = [write] }, cancellationToken);
        return value;
    }

    private static byte[] KeyOf(string peer) => Encoding.UTF8.GetBytes($"sync/{peer}");

    private static Guid SessionOf(ReadOnlyMemory<byte> value) => new(value.Span[..16], bigEndian: true);

    private static SyncMode ModeOf(ReadOnlyMemory<byte> value) => (SyncMode)value.Span[16];

    private static long ExpiryOf(ReadOnlyMemory<byte> value) => BinaryPrimitives.ReadInt64BigEndian(value.Span[17..]);
}
