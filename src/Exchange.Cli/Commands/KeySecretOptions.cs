using System.CommandLine;
using System.Security.Cryptography;
using Exchange.Node.Trust;

namespace Exchange.Cli.Commands;

/// <summary>The two ways to say what encrypts a backup of keys; never the secret itself on the command line.</summary>
internal sealed class KeySecretOptions
{
    private const int MinPassphrase = 16;

    private readonly Option<string?> _passphrase;
    private readonly Option<string?> _recovery;

    public KeySecretOptions(Command command, string recoveryDescription)
    {
        _passphrase = new Option<string?>("--passphrase-file")
        {
            Description = $"A file whose first line is the passphrase, of {MinPassphrase} characters at least.",
            HelpName = "FILE",
        };
        _recovery = new Option<string?>("--recovery-key")
        {
            Description = recoveryDescription,
            HelpName = "FILE",
        };
        command.Add(_passphrase);
        command.Add(_recovery);
    }

    /// <summary>Reads the secret that was named.</summary>
    public KeyBackupSecret Read(ParseResult input) => (input.GetValue(_passphrase), input.GetValue(_recovery)) switch
    {
        ({ } file, null) => Passphrase(file),
        (null, { } file) => Recovery(file),
        _ => throw new CommandException(ExitCode.Usage, "Give either --passphrase-file or --recovery-key."),
    };

    private static KeyBackupSecret.Passphrase Passphrase(string file)
    {
        var text = File.ReadLines(file).FirstOrDefault() ?? "";
        return text.Length >= MinPassphrase
            ? new KeyBackupSecret.Passphrase(text)
            : throw new CommandException(
                ExitCode.Usage, $"The first line of '{file}' has fewer than {MinPassphrase} characters.");
    }

    private static KeyBackupSecret.Recovery Recovery(string file)
    {
        var pair = ECDiffieHellman.Create();
        try
        {
            pair.ImportFromPem(File.ReadAllText(file));
            if (pair.KeySize == 256)
            {
                return new KeyBackupSecret.Recovery(pair);
            }
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            // Told below.
        }

        throw new CommandException(ExitCode.Usage, $"'{file}' holds no key on P-256 (PEM).");
    }
}
