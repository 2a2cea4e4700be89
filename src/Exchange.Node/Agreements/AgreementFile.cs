using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Agreements;

/// <summary>Agreements as files: the JSON form of an exchange.v1.Agreement, the same file on both nodes.</summary>
internal static class AgreementFile
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default);

    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithIndentation());

    /// <summary>Reads and checks an agreement.</summary>
    /// <exception cref="AgreementException">The file can't be used; every reason is named.</exception>
    public static AgreementTerms Load(string path, RecordKinds kinds)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgreementException(path, [new FieldViolation("", exception.Message)]);
        }

        return Parse(text, path, kinds);
    }

    /// <summary>Reads and checks an agreement's JSON.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="name">What to call it in errors: the path of its file.</param>
    /// <param name="kinds">The kinds whose fields are known.</param>
    /// <exception cref="AgreementException">It can't be used; every reason is named.</exception>
    public static AgreementTerms Parse(string text, string name, RecordKinds kinds)
    {
        Agreement agreement;
        try
        {
            agreement = Parser.Parse<Agreement>(text);
        }
        catch (Exception exception) when (exception is InvalidJsonException or InvalidProtocolBufferException)
        {
            throw new AgreementException(name, [new FieldViolation("", exception.Message)]);
        }

        var violations = AgreementRules.Check(agreement, kinds).ToList();
        return violations.Count == 0 ? new AgreementTerms(agreement) : throw new AgreementException(name, violations);
    }

    /// <summary>The JSON of an agreement, for people to read and for <see cref="Parse"/>.</summary>
    public static string Format(Agreement agreement) => Formatter.Format(agreement) + "\n";
}

/// <summary>An agreement can't be used as it is.</summary>
internal sealed class AgreementException(string name, IReadOnlyList<FieldViolation> violations)
    : Exception($"The agreement '{name}' can't be used. " + string.Join(" ", violations.Select(Text)))
{
    /// <summary>Everything that is wrong with it.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; } = violations;

    private static string Text(FieldViolation violation) =>
        violation.Field.Length == 0 ? violation.Description : $"{violation.Field}: {violation.Description}";
}
