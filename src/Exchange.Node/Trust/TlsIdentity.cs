using Microsoft.Extensions.Logging;

namespace Exchange.Node.Trust;

/// <summary>
/// The certificate that this node shows, to whoever calls it and to whomever it calls. Replaced files count from the
/// next handshake on, without a restart.
/// </summary>
internal sealed partial class TlsIdentity
{
    private readonly Lock _lock = new();
    private readonly TlsFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger<TlsIdentity> _log;
    private TlsCertificate _present;
    private string _stamp;
    private string _refused = "";

    public TlsIdentity(TlsFiles files, TlsCertificate present, TimeProvider time, ILogger<TlsIdentity> log)
    {
        (_files, _present, _time, _log) = (files, present, time, log);
        _stamp = files.Stamp();
    }

    /// <summary>Raised when another certificate took the place of the present one.</summary>
    public event Action<TlsCertificate>? Changed;

    /// <summary>The certificate for a handshake that begins now.</summary>
    public TlsCertificate Present
    {
        get
        {
            lock (_lock)
            {
                Refresh();
                return _present;
            }
        }
    }

    /// <summary>Puts another pair in the place of the present one, for good.</summary>
    public void ChangeTo(TlsFiles next)
    {
        lock (_lock)
        {
            _files.Write(File.ReadAllText(next.Certificate), File.ReadAllText(next.Key));
            File.Delete(next.Certificate);
            File.Delete(next.Key);
            Refresh();
        }
    }

    private void Refresh()
    {
        var stamp = _files.Stamp();
        if (stamp == _stamp || stamp == _refused)
        {
            return;
        }

        var faults = TlsRules.Read(_files, _time.GetUtcNow(), out var read);
        if (read is null)
        {
            // Perhaps only one of the two files was replaced so far.
            _refused = stamp;
            Refused(string.Join(' ', faults));
            return;
        }

        (_present, _stamp, _refused) = (read, stamp, "");
        Taken(read.Leaf.Subject, read.Leaf.NotAfter.ToUniversalTime());
        Changed?.Invoke(read);
    }

    [LoggerMessage(1, LogLevel.Information, "The certificate was replaced: {Subject}, good until {Until:u}")]
    private partial void Taken(string subject, DateTime until);

    [LoggerMessage(2, LogLevel.Warning,
        "The files of the certificate changed, but can't be used; the node goes on with what it had: {Faults}")]
    private partial void Refused(string faults);
}
