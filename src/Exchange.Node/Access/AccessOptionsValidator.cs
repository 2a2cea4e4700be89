using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>Names every error of the section <c>Access</c> at once.</summary>
internal sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var errors = new[]
        {
            Check(nameof(AccessOptions.CallsPerSecond), options.CallsPerSecond, 1_000_000),
            Check(nameof(AccessOptions.CallBurst), options.CallBurst, 1_000_000),
            Check(nameof(AccessOptions.OpenStreams), options.OpenStreams, 10_000),
            Check(nameof(AccessOptions.OpenCalls), options.OpenCalls, 10_000),
            Check(nameof(AccessOptions.ConnectionsPerAddress), options.ConnectionsPerAddress, 10_000),
            Check(nameof(AccessOptions.FailedLoginsPerMinute), options.FailedLoginsPerMinute, 100_000),
        }.OfType<string>().ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static string? Check(string name, int value, int most) => value >= 1 && value <= most
        ? null
        : $"{AccessOptions.Section}:{name} is {value}; it must be 1 to {most:N0}.";
}
