using System.Globalization;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Sync;

/// <summary>Names every error of the section <c>Sync</c> at once.</summary>
internal sealed class SyncOptionsValidator : IValidateOptions<SyncOptions>
{
    public ValidateOptionsResult Validate(string? name, SyncOptions options)
    {
        List<string> errors = [.. CheckSession(options)];
        for (var i = 0; i < options.Peers.Count; i++)
        {
            var peer = options.Peers[i];
            errors.AddRange(CheckPeer(peer).Select(error => $"Sync:Peers:{i}:{error}"));
            if (options.Peers.Take(i).Any(other => other.Node == peer.Node))
            {
                errors.Add($"Sync:Peers:{i}:Node is '{peer.Node}', which is listed already; list each partner once.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>The time of day that <see cref="PeerOptions.At"/> means; null when it means none.</summary>
    public static TimeOnly? ParseAt(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    private static IEnumerable<string> CheckSession(SyncOptions options)
    {
        if (options.Window is < 1 or > 64)
        {
            yield return $"Sync:Window is {options.Window}; it must be between 1 and 64.";
        }

        if (options.Heartbeat < TimeSpan.FromSeconds(1) || options.Heartbeat > TimeSpan.FromMinutes(1))
        {
            yield return $"Sync:Heartbeat is {options.Heartbeat}; it must be between 1 second and 1 minute.";
        }

        if (options.IdleTimeout < TimeSpan.FromSeconds(10) || options.IdleTimeout > TimeSpan.FromMinutes(10))
        {
            yield return $"Sync:IdleTimeout is {options.IdleTimeout}; it must be between 10 seconds and 10 minutes.";
        }
        else if (options.IdleTimeout <= 2 * options.Heartbeat)
        {
            // One heartbeat that is late or lost must not end a session that lives.
            yield return $"Sync:IdleTimeout is {options.IdleTimeout}; it must be more than twice Sync:Heartbeat, "
                + $"which is {options.Heartbeat}.";
        }
    }

    private static IEnumerable<string> CheckPeer(PeerOptions peer)
    {
        if (!NodeIds.IsValid(peer.Node))
        {
            yield return $"Node is '{peer.Node}'; it must have 1 to 63 characters of a-z, 0-9 and -.";
        }

        if (CheckAddress(peer) is { } address)
        {
            yield return address;
        }

        if (!Enum.IsDefined(peer.Mode))
        {
            yield return $"Mode is {peer.Mode}; it must be nightly, live or passive.";
        }

        if (ParseAt(peer.At) is null)
        {
            yield return $"At is '{peer.At}'; it must be a time of day such as 02:30.";
        }

        if (peer.BatchChanges is < 1 or > PageBuilder.MaxChanges)
        {
            yield return $"BatchChanges is {peer.BatchChanges}; it must be between 1 and {PageBuilder.MaxChanges}.";
        }

        if (peer.JitterMinutes is < 0 or > 120)
        {
            yield return $"JitterMinutes is {peer.JitterMinutes}; it must be between 0 and 120.";
        }
    }

    private static string? CheckAddress(PeerOptions peer)
    {
        if (string.IsNullOrEmpty(peer.Address))
        {
            return peer.Mode == PeerMode.Passive
                ? null
                : "Address is empty; it must say where the partner listens, unless Mode is passive.";
        }

        if (!Uri.TryCreate(peer.Address, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            return $"Address is '{peer.Address}'; it must be https:// with a host and a port.";
        }

        return address.Scheme == Uri.UriSchemeHttp
            ? $"Address is '{peer.Address}'; nodes talk over https only. Write https:// there, and pin the partner's "
                + "certificate with 'exchange peer add'."
            : null;
    }
}
