using System.CommandLine;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Publishing;

/// <summary>The options that state why personal records may be held and sent.</summary>
internal sealed class LegalBasisOptions
{
    private readonly Option<LegalBasisKind?> _kind = EnumOption.One<LegalBasisKind>(
        "--legal-basis", "Why the persons' records may be held. Without it they are kept and never sent to a partner.");

    private readonly Option<string?> _provision = new("--provision")
    {
        Description = "The provision behind a statutory duty, such as \"就业促进法 第五章\".",
        HelpName = "TEXT",
    };

    private LegalBasisOptions()
    {
    }

    public static LegalBasisOptions AddTo(Command command)
    {
        var options = new LegalBasisOptions();
        command.Add(options._kind);
        command.Add(options._provision);
        return options;
    }

    /// <summary>The basis; null when none is stated.</summary>
    public LegalBasis? Read(ParseResult input) => input.GetValue(_kind) is { } kind
        ? new LegalBasis { Kind = kind, Provision = input.GetValue(_provision) ?? "" }
        : null;
}
