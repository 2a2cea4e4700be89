using Exchange.Node.Trust;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Hosting;

/// <summary>
/// Names everything at once that is wrong with the files of this node's keys and certificate: a node that can't protect
/// what it holds doesn't start.
/// </summary>
internal sealed class OwnKeysValidator(DataDirectory data, TimeProvider time) : IValidateOptions<ListenOptions>
{
    public ValidateOptionsResult Validate(string? name, ListenOptions options)
    {
        var faults = TlsRules.Read(options.FilesIn(data), time.GetUtcNow(), out _).ToList();
        string?[] exposures =
        [
            TlsFiles.ExposureOf(Path.Combine(data.Keys, NodeKeys.FileName)),
            TlsFiles.ExposureOf(Path.Combine(data.Keys, MasterKeys.FileName)),
            TlsFiles.ExposureOfFolder(data.Keys),
        ];
        faults.AddRange(exposures.OfType<string>());

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
