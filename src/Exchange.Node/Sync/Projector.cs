using System.Text;
using Exchange.Node.Standards;

namespace Exchange.Node.Sync;

/// <summary>
/// Makes the view of a payload that a peer may have: copies the listed fields as they are encoded, masks texts, and
/// drops everything else, known or not. Works on the wire format, so that a listed field which this version doesn't
/// know passes unharmed and nothing is parsed into objects.
/// </summary>
internal static class Projector
{
    // As deep as the usual parsers go: what is nested deeper couldn't be read by the peer either.
    private const int MaxDepth = 100;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes the view of a payload and returns its length.</summary>
    /// <param name="plan">What may flow.</param>
    /// <param name="payload">An encoded message.</param>
    /// <param name="destination">At least as long as the payload; a view is never longer.</param>
    /// <exception cref="InvalidDataException">The payload, or a text to mask in it, is malformed.</exception>
    public static int Project(FieldPlan plan, ReadOnlySpan<byte> payload, Span<byte> destination) =>
        Project(plan, payload, destination, depth: 0);

    private static int Project(FieldPlan plan, ReadOnlySpan<byte> message, Span<byte> destination, int depth)
    {
        if (depth == MaxDepth)
        {
            throw new InvalidDataException("The payload is nested too deeply.");
        }

        var written = 0;
        var fields = new WireScanner(message);
        while (fields.Next())
        {
            var step = plan.For(fields.Number);
            if ((step.Accepted & (WireTypes)(1 << (int)fields.Type)) == 0)
            {
                continue;
            }

            var rest = destination[written..];
            written += step.Action switch
            {
                FieldAction.Copy => Copy(fields.Whole, rest),
                FieldAction.Mask => Mask(fields, step, rest),
                _ => Enter(fields, step, rest, depth),
            };
        }

        return written;
    }

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }

    private static int Mask(in WireScanner field, FieldStep step, Span<byte> destination)
    {
        string masked;
        try
        {
            masked = Masks.Apply(step.Mask, Utf8.GetString(field.Value));
        }
        catch (DecoderFallbackException)
        {
            // Without the cause, whose message quotes bytes of a personal text.
            throw new InvalidDataException("A text to be masked isn't UTF-8.");
        }

        var written = Copy(field.Tag, destination);
        written += WriteLength(Utf8.GetByteCount(masked), destination[written..]);
        return written + Utf8.GetBytes(masked, destination[written..]);
    }

    private static int Enter(in WireScanner field, FieldStep step, Span<byte> destination, int depth)
    {
        var start = Copy(field.Tag, destination);

        // The view is no longer than the message, so its length fits where the message's would; mostly it needs no
        // less.
        var reserved = LengthSize(field.Value.Length);
        var length = Project(step.Nested!, field.Value, destination[(start + reserved)..], depth + 1);
        var size = WriteLength(length, destination[start..]);
        if (size != reserved)
        {
            destination.Slice(start + reserved, length).CopyTo(destination[(start + size)..]);
        }

        return start + size + length;
    }

    private static int WriteLength(int length, Span<byte> destination)
    {
        var value = (uint)length;
        var written = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[written++] = (byte)(value | 0x80);
        }

        destination[written++] = (byte)value;
        return written;
    }

    private static int LengthSize(int length) => length switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        < 1 << 28 => 4,
        _ => 5,
    };
}
