using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// Walks the fields of an encoded message without knowing its schema. Anything malformed is an error.
/// </summary>
internal ref struct WireScanner(ReadOnlySpan<byte> message)
{
    // As deep as the usual parsers go.
    private const int MaxDepth = 100;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    /// <summary>The present field's number.</summary>
    public int Number { get; private set; }

    /// <summary>The present field's encoding.</summary>
    public WireFormat.WireType Type { get; private set; }

    /// <summary>The bytes of the present field's tag.</summary>
    public ReadOnlySpan<byte> Tag { get; private set; }

    /// <summary>The present field's value; without its length for a length-delimited one.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The present field whole: tag, length and value.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Moves to the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public bool Next()
    {
        if (_at == _message.Length)
        {
            return false;
        }

        var start = _at;
        var tag = ReadTag();
        Number = WireFormat.GetTagFieldNumber(tag);
        Type = WireFormat.GetTagWireType(tag);
        Tag = _message[start.._at];
        Value = ReadValue(depth: 0);
        Whole = _message[start.._at];
        return true;
    }

    private ReadOnlySpan<byte> ReadValue(int depth)
    {
        var start = _at;
        switch (Type)
        {
            case WireFormat.WireType.Varint:
                ReadVarint();
                break;
            case WireFormat.WireType.Fixed64:
                Skip(8);
                break;
            case WireFormat.WireType.Fixed32:
                Skip(4);
                break;
            case WireFormat.WireType.LengthDelimited:
                var length = ReadVarint();
                start = _at;
                Skip(length);
                break;
            case WireFormat.WireType.StartGroup:
                SkipGroup(Number, depth);
                break;
            default:
                throw Malformed();
        }

        return _message[start.._at];
    }

    private void SkipGroup(int group, int depth)
    {
        if (depth == MaxDepth)
        {
            throw Malformed();
        }

        var (number, type) = (Number, Type);
        while (true)
        {
            var tag = ReadTag();
            Type = WireFormat.GetTagWireType(tag);
            Number = WireFormat.GetTagFieldNumber(tag);
            if (Type == WireFormat.WireType.EndGroup)
            {
                if (Number != group)
                {
                    throw Malformed();
                }

                break;
            }

            ReadValue(depth + 1);
        }

        (Number, Type) = (number, type);
    }

    private uint ReadTag()
    {
        var tag = ReadVarint();
        return tag <= uint.MaxValue && (uint)tag >> 3 != 0 ? (uint)tag : throw Malformed();
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_at == _message.Length)
            {
                throw Malformed();
            }

            var next = _message[_at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Malformed();
    }

    private void Skip(ulong length)
    {
        if (length > (ulong)(_message.Length - _at))
        {
            throw Malformed();
        }

        _at += (int)length;
    }

    // Says nothing of the bytes: they may be a person's.
    private static InvalidDataException Malformed() => new("The payload isn't a well-formed message.");
}
