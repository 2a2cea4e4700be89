using System.Text.RegularExpressions;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Messages;

/// <summary>What somebody answered to a message: a digit, or the word that it stands for, and a job code.</summary>
/// <param name="Meaning">Unspecified when it isn't clear.</param>
/// <param name="Code">The six digits; empty for none, and for digits that are no code.</param>
internal readonly partial record struct ReplyText(ContactOutcome Meaning, string Code)
{
    /// <summary>Reads an answer in any script and width.</summary>
    public static ReplyText Read(string text)
    {
        var plain = ComparedText.Of(text).Trim('。', '.', '，', ',', '！', '!', '“', '”', '"', '\'', '【', '】');
        if (Answer().Match(plain) is not { Success: true } answer)
        {
            return default;
        }

        var code = answer.Groups["code"].Value;
        if (code.Length > 0 && !JobDigits.IsCode(code))
        {
            return default;
        }

        var meaning = answer switch
        {
            _ when answer.Groups["stop"].Success => ContactOutcome.Stop,
            _ when answer.Groups["arrived"].Success => ContactOutcome.Arrived,
            _ => ContactOutcome.Willing,
        };
        return new ReplyText(meaning, meaning == ContactOutcome.Willing ? code : "");
    }

    // A digit stands by itself: 12 is neither 1 nor 2, and 100 is no 1 with a code.
    [GeneratedRegex(
        "^(?:(?<stop>0|〇|零|停|停止|退订|td|不要|不要了|不去|别发了|不想再收)"
            + "|(?<arrived>2|二|到|到了|已到|已到岗|到岗|到岗了)"
            + "|(?:1|一|愿意|愿意去|想去|我想去|去)[加+,，、:：-]?(?<code>[0-9]{6})?)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Answer();
}
