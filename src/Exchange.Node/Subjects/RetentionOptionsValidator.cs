using Exchange.Node.Records;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Subjects;

/// <summary>Names every error of the section <c>Retention</c> at once.</summary>
internal sealed class RetentionOptionsValidator : IValidateOptions<RetentionOptions>
{
    private const int MaxYears = 100;
    private const int MaxProvision = 200;

    public ValidateOptionsResult Validate(string? name, RetentionOptions options)
    {
        // Options are read before there is anything else.
        var kinds = new RecordKinds();
        var errors = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, rule) in (options.Rules ?? []).Index())
        {
            if (kinds.Find(rule.Kind) is not { IsPersonal: true })
            {
                errors.Add($"Retention:Rules:{i}:Kind is '{rule.Kind}'; it must be a kind of records about persons.");
            }
            else if (!seen.Add(rule.Kind))
            {
                errors.Add($"Retention:Rules:{i}:Kind is '{rule.Kind}' a second time; a kind has one entry.");
            }

            if (rule.Years is < 1 or > MaxYears)
            {
                errors.Add($"Retention:Rules:{i}:Years is {rule.Years}; it must be between 1 and {MaxYears}.");
            }

            if (rule.Provision.Trim().Length is 0 or > MaxProvision)
            {
                errors.Add(
                    $"Retention:Rules:{i}:Provision has {rule.Provision.Trim().Length} characters; "
                    + $"name the law in 1 to {MaxProvision}: an erased person is told it.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
