using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.Agreements;

/// <summary>What travels between two offices as a file, each the JSON form of a message of the contract.</summary>
internal static class AgreementFiles
{
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithIndentation());

    /// <summary>An agreement with its signatures.</summary>
    /// <exception cref="CommandException">The file holds none.</exception>
    public static SignedAgreement ReadSigned(string path)
    {
        var signed = Read<SignedAgreement>(path, "signed agreement, as 'exchange agreement propose' writes it");
        return signed.Agreement.IsEmpty
            ? throw new CommandException(ExitCode.Usage, $"'{path}' holds no signed agreement.")
            : signed;
    }

    /// <summary>A partner's card.</summary>
    /// <exception cref="CommandException">The file holds none.</exception>
    public static PeerCard ReadCard(string path) =>
        Read<PeerCard>(path, "card, as 'exchange peer card' writes it");

    /// <summary>What an agreement needs of a card.</summary>
    public static AgreementParty PartyOf(PeerCard card) =>
        new() { Node = card.Node, Name = card.Name, PublicKey = card.PublicKey };

    /// <summary>Terms that a person has edited.</summary>
    /// <exception cref="CommandException">The file holds none.</exception>
    public static Agreement ReadDraft(string path) =>
        Read<Agreement>(path, "draft, as 'exchange agreement show ID --draft FILE' writes it");

    /// <summary>Writes a file anew; an older one of that name is replaced.</summary>
    public static void Write(string path, IMessage message) =>
        File.WriteAllText(path, Formatter.Format(message) + "\n");

    private static T Read<T>(string path, string what)
        where T : IMessage, new()
    {
        var text = File.ReadAllText(path);
        try
        {
            return JsonParser.Default.Parse<T>(text);
        }
        catch (Exception exception) when (exception is InvalidJsonException or InvalidProtocolBufferException)
        {
            throw new CommandException(ExitCode.Usage, $"'{path}' is no {what}: {exception.Message}", exception);
        }
    }
}
