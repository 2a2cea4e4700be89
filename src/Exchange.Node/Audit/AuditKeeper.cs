using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Audit;

/// <summary>
/// Begins the chain of a process, says whether it goes on where the last one ended, signs its head from time to time,
/// and ends it. Registered first, so that it starts before anything is noted and stops after.
/// </summary>
internal sealed partial class AuditKeeper(
    IRecordStore store,
    AuditTrail trail,
    AuditSigner signer,
    AuditAnchor anchor,
    TimeProvider time,
    ILogger<AuditKeeper> log) : IHostedService, IDisposable
{
    /// <summary>How often the newest entry is signed, if there is a new one.</summary>
    public static readonly TimeSpan SigningPeriod = TimeSpan.FromMinutes(15);

    private readonly CancellationTokenSource _stopping = new();
    private ulong _signed;
    private Task _signing = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var last = await MendHeadAsync(cancellationToken);
        await BeginAsync(last, cancellationToken);
        _signing = SignRegularlyAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _signing;
        try
        {
            await trail.WriteAsync(new AuditDraft(AuditContext.System, AuditAction.Stopped), cancellationToken);
            await SignAsync(cancellationToken);
        }
        catch (StoreException exception)
        {
            // The next start says that this process didn't stop in good order.
            NotSigned(exception);
        }
    }

    /// <summary>Signs the newest entry, unless it is a signature itself.</summary>
    public async Task SignAsync(CancellationToken cancellationToken)
    {
        await CheckAnchorAsync(cancellationToken);
        await SignNewAsync(cancellationToken);
    }

    private async Task SignNewAsync(CancellationToken cancellationToken)
    {
        var head = await AuditChain.HeadAsync(store, cancellationToken);
        if (head is null || head.Sequence <= _signed)
        {
            return;
        }

        var signed = signer.Sign(head);
        var written = await trail.WriteAsync(
            new AuditDraft(AuditContext.System, AuditAction.HeadSigned) { Signature = signed }, cancellationToken);
        anchor.Write(signer.Sign(written));
        _signed = written.Sequence;
    }

    public void Dispose() => _stopping.Dispose();

    // The head goes with every commit. One that is missing or names another entry was laid hands on: without it the
    // chain couldn't go on behind what is there.
    private async Task<AuditEntry?> MendHeadAsync(CancellationToken cancellationToken)
    {
        var head = await AuditChain.HeadAsync(store, cancellationToken);
        var last = await AuditChain.LastAsync(store, cancellationToken);
        if (last is not null && (head is null || head.Sequence < last.Sequence))
        {
            var mended = new EntryWrite(
                AuditChain.Heads, AuditChain.HeadKey, AuditChain.HeadOf(last).ToByteArray());
            await store.CommitAsync(new Commit { Entries = [mended] }, cancellationToken);
        }

        return last;
    }

    private async Task BeginAsync(AuditEntry? last, CancellationToken cancellationToken)
    {
        var isUnclean = last is not null && !await IsStopAsync(last, cancellationToken);
        var started = new AuditDraft(AuditContext.System, AuditAction.Started)
        {
            Detail = isUnclean ? "the process before this one didn't stop in good order" : "",
        };
        await trail.WriteAsync(started, cancellationToken);
        if (last is not null && last.Epoch != store.Epoch.ToString())
        {
            var kept = anchor.Read()?.Head;
            var lost = kept is not null && !await IsHereAsync(kept, cancellationToken) ? kept : null;
            await trail.WriteAsync(
                new AuditDraft(AuditContext.System, AuditAction.Restored) { Lost = lost }, cancellationToken);
            Restored(last.Sequence);
            await SignNewAsync(cancellationToken);
        }

        await SignAsync(cancellationToken);
    }

    // What the file beside the store names must be in the chain, or somebody took it out.
    private async Task CheckAnchorAsync(CancellationToken cancellationToken)
    {
        if (anchor.Read()?.Head is { } kept && !await IsHereAsync(kept, cancellationToken))
        {
            await trail.WriteAsync(
                new AuditDraft(AuditContext.System, AuditAction.CutOff) { Lost = kept }, cancellationToken);
            CutOff(kept.Sequence);
        }
    }

    private async Task<bool> IsHereAsync(AuditHead head, CancellationToken cancellationToken)
    {
        var stored = await store.GetEntriesAsync(
            AuditChain.Collection, [AuditChain.KeyOf(head.Sequence)], cancellationToken);
        return stored[0] is { } value && AuditChain.ClaimedHash(value.Span).SequenceEqual(head.Hash.Span);
    }

    // The last word of a process is its stop, and the signature over it.
    private async Task<bool> IsStopAsync(AuditEntry last, CancellationToken cancellationToken)
    {
        if (last is not { Action: AuditAction.HeadSigned, Signature.Head: { } head })
        {
            return last.Action == AuditAction.Stopped;
        }

        var signed = await store.GetEntriesAsync(
            AuditChain.Collection, [AuditChain.KeyOf(head.Sequence)], cancellationToken);
        return signed[0] is { } value && AuditChain.Read(value)?.Action == AuditAction.Stopped;
    }

    private async Task SignRegularlyAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SigningPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await SignOnceAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The node is being stopped, and signs once more.
        }
    }

    private async Task SignOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SignAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is StoreException or IOException)
        {
            NotSigned(exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "A new epoch of the store began, as after a restore: the audit chain goes on behind entry {Sequence}")]
    private partial void Restored(ulong sequence);

    [LoggerMessage(2, LogLevel.Error,
        "Entry {Lost} of the audit chain was written and isn't there. Nobody restored a backup: see "
        + "docs/operating/audit.md")]
    private partial void CutOff(ulong lost);

    [LoggerMessage(3, LogLevel.Warning,
        "The audit chain's newest entry wasn't signed; it is tried again, or said at the next start")]
    private partial void NotSigned(Exception exception);
}
