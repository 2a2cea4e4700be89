using System.Net;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Hosting;

/// <summary>Names every error of the section <c>Node</c> at once.</summary>
internal sealed class NodeOptionsValidator : IValidateOptions<NodeOptions>
{
    public ValidateOptionsResult Validate(string? name, NodeOptions options)
    {
        var errors = new List<string>();
        if (!Records.StreamName.IsValid(options.Id) || options.Id.Length > 63)
        {
            errors.Add($"Node:Id is '{options.Id}'; it must have 1 to 63 characters of a-z, 0-9 and -.");
        }

        if (options.Name.Length > 200)
        {
            errors.Add($"Node:Name has {options.Name.Length} characters; it can have at most 200.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}

/// <summary>Names every error of the section <c>Listen</c> at once.</summary>
internal sealed class ListenOptionsValidator : IValidateOptions<ListenOptions>
{
    public ValidateOptionsResult Validate(string? name, ListenOptions options)
    {
        var errors = new List<string>();
        if (!Uri.TryCreate(options.Address, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || !(IPAddress.TryParse(address.Host.Trim('[', ']'), out _) || address.Host == "localhost"))
        {
            errors.Add(
                $"Listen:Address is '{options.Address}'; it must be http:// or https:// "
                + "with an IP address and a port.");
        }
        else if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            errors.Add(
                $"Listen:Address is '{options.Address}'; outside loopback a node serves https only. "
                + "Write https:// there, or 127.0.0.1.");
        }

        if (options.StopTimeout < TimeSpan.FromSeconds(1) || options.StopTimeout > TimeSpan.FromMinutes(5))
        {
            errors.Add($"Listen:StopTimeout is {options.StopTimeout}; it must be between 1 second and 5 minutes.");
        }

        errors.AddRange(options.Origins.Where(origin => !IsOrigin(origin)).Select(origin =>
            $"Listen:Origins has '{origin}'; an origin is https:// with a host in small letters and a port unless "
            + "it is "
            + "443, nothing behind it, and no '*'. http:// is for loopback."));

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    // Compared as text, so that it must be written as browsers do.
    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0
        && !uri.Host.Contains('*', StringComparison.Ordinal)
        && uri.GetLeftPart(UriPartial.Authority) == origin;
}

/// <summary>Names every error of the section <c>Store</c> at once.</summary>
internal sealed class StoreSettingsValidator : IValidateOptions<StoreSettings>
{
    public ValidateOptionsResult Validate(string? name, StoreSettings options) =>
        options.Engine is null || Exchange.Store.RecordStores.Engines.Contains(options.Engine)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Store:Engine is '{options.Engine}'; this program was built with: "
                + $"{string.Join(", ", Exchange.Store.RecordStores.Engines)}.");
}

/// <summary>Names every error of the section <c>Log</c> at once.</summary>
internal sealed class LogOptionsValidator : IValidateOptions<LogOptions>
{
    public ValidateOptionsResult Validate(string? name, LogOptions options) =>
        options.KeepDays is >= 1 and <= 3650
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Log:KeepDays is {options.KeepDays}; it must be between 1 and 3,650.");
}
