using System.Text;
using Exchange.Node.Hosting;

namespace Exchange.Node.Errors;

/// <summary>
/// Keeps errors short. They travel in one block of headers, of which many clients take 8 KiB and no more, and may hold
/// what a caller sent, as long as that was.
/// </summary>
internal static class ErrorText
{
    /// <summary>Most bytes of a message, which also travels with each byte written as three.</summary>
    public const int MessageBytes = 800;

    /// <summary>Most bytes of what varies in it.</summary>
    public const int ValueBytes = 400;

    /// <summary>Most bytes of all bad fields together.</summary>
    public const int ViolationsBytes = 2_000;

    /// <summary>
    /// A text as it is, or its beginning; characters stay whole. Without what looks like a person's number: a caller
    /// that sends one where it doesn't belong isn't told it back, for its own log to keep.
    /// </summary>
    public static string Short(string text, int bytes)
    {
        text = RedactedText.Redact(text);
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
        {
            return text;
        }

        var kept = new StringBuilder();
        var left = bytes - "...".Length;
        foreach (var rune in text.EnumerateRunes())
        {
            left -= rune.Utf8SequenceLength;
            if (left < 0)
            {
                break;
            }

            kept.Append(rune);
        }

        return kept.Append("...").ToString();
    }
}
