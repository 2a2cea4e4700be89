using System.Text;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Tests.Attacks;

/// <summary>Makes the bytes of requests from their descriptors and a seed.</summary>
internal sealed class AttackMessages(Random random, AttackWords words)
{
    private const int DeepestField = 7;
    private const int LongestText = 1 << 20;

    private static readonly ulong[] Extremes =
    [
        ulong.MaxValue, long.MaxValue, unchecked((ulong)long.MinValue), int.MaxValue, unchecked((ulong)int.MinValue),
        uint.MaxValue, unchecked((ulong)-2L), 1UL << 33, 253_402_300_800,
        unchecked((ulong)-62_135_596_801), 1_000_000_000, 10_000, 0,
    ];

    private static readonly byte[][] NoUtf8 =
        [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf5, 0x80, 0x80, 0x80], [0x80]];

    private bool _hasGiant;

    /// <summary>A message of a type, as the kind of attack wants it.</summary>
    /// <param name="type">What is expected.</param>
    /// <param name="kind">What is done to it.</param>
    /// <param name="first">Of a stream: the part that opens it, as a rule.</param>
    public byte[] Make(MessageDescriptor type, AttackKind kind, bool first)
    {
        _hasGiant = false;
        switch (kind)
        {
            case AttackKind.Garbage:
                var garbage = new byte[random.Next(200)];
                random.NextBytes(garbage);
                return garbage;
            case AttackKind.Truncated:
                var whole = Fields(type, kind, first);
                return whole[..random.Next(whole.Length + 1)];
            case AttackKind.FlippedBits:
                var flipped = Fields(type, kind, first);
                for (var flips = random.Next(1, 6); flips > 0 && flipped.Length > 0; flips--)
                {
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                }

                return flipped;
            default:
                return Fields(type, kind, first);
        }
    }

    private byte[] Fields(MessageDescriptor type, AttackKind kind, bool first)
    {
        var wire = new Wire();
        Fill(wire, type, kind, 0, first);
        if (kind is AttackKind.UnknownField or AttackKind.DeepNesting && wire.Length < 100_000)
        {
            Beyond(wire, kind);
        }

        return wire.ToArray();
    }

    private void Fill(Wire wire, MessageDescriptor type, AttackKind kind, int depth, bool first = false)
    {
        if (type.FullName == "google.protobuf.Any")
        {
            FillAny(wire, kind, depth);
            return;
        }

        var chosen = type.RealOneofCount > 0
            ? type.Oneofs.Take(type.RealOneofCount)
                .Select(oneof => oneof.Fields[first && random.Next(5) > 0 ? 0 : random.Next(oneof.Fields.Count)]).ToHashSet()
            : [];
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (field.RealContainingOneof is null ? random.Next(4 + depth) > 2 : !chosen.Contains(field))
            {
                continue;
            }

            for (var times = field.IsRepeated ? random.Next(3) : 1; times > 0; times--)
            {
                if (random.Next(3) > 0 || !Twist(wire, field, kind, depth))
                {
                    Value(wire, field, kind, depth);
                }
            }
        }
    }

    // Where it should stand, and says what it holds; sometimes something else, or another Any.
    private void FillAny(Wire wire, AttackKind kind, int depth)
    {
        var type = AttackWords.PayloadType(random);
        var name = random.Next(15) == 0 ? "type.googleapis.com/google.protobuf.Any" : $"type.googleapis.com/{type.FullName}";
        wire.Text(1, random.Next(30) == 0 ? "horse" : name);
        var payload = new Wire();
        Fill(payload, type, kind, depth + 1);
        wire.Bytes(2, payload.ToArray());
    }

    private void Value(Wire wire, FieldDescriptor field, AttackKind kind, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Message or FieldType.Group:
                var inner = new Wire();
                if (depth < DeepestField)
                {
                    Fill(inner, field.MessageType, kind, depth + 1);
                }

                wire.Bytes(field.FieldNumber, inner.ToArray());
                break;
            case FieldType.String:
                wire.Text(field.FieldNumber, words.For(field, random));
                break;
            case FieldType.Bytes:
                var bytes = new byte[random.Next(random.Next(10) == 0 ? 500 : 40)];
                random.NextBytes(bytes);
                wire.Bytes(field.FieldNumber, bytes);
                break;
            case FieldType.Enum:
                var values = field.EnumType.Values;
                wire.Tag(field.FieldNumber, Wire.Varint).Number((ulong)(long)values[random.Next(values.Count)].Number);
                break;
            default:
                Plain(wire, field);
                break;
        }
    }

    private void Plain(Wire wire, FieldDescriptor field)
    {
        var value = (field.ContainingType.FullName, field.Name) switch
        {
            ("google.protobuf.Timestamp", "seconds") => 1_780_000_000UL + (ulong)random.Next(40_000_000),
            ("google.type.Date", "year") => (ulong)random.Next(2020, 2030),
            (_, "number") => (ulong)random.Next(1, 6),
            _ => (ulong)random.Next(random.Next(3) == 0 ? 1000 : 13),
        };
        switch (TypeOf(field))
        {
            case Wire.Fixed64:
                wire.Tag(field.FieldNumber, Wire.Fixed64).Raw(BitConverter.GetBytes(value));
                break;
            case Wire.Fixed32:
                wire.Tag(field.FieldNumber, Wire.Fixed32).Raw(BitConverter.GetBytes((uint)value));
                break;
            default:
                wire.Tag(field.FieldNumber, Wire.Varint).Number(field.FieldType == FieldType.Bool ? value & 1 : value);
                break;
        }
    }

    /// <summary>Writes a field as the attack has it; false for a field that it does nothing to.</summary>
    private bool Twist(Wire wire, FieldDescriptor field, AttackKind kind, int depth)
    {
        var number = field.FieldNumber;
        switch (kind)
        {
            case AttackKind.OversizedVarint when TypeOf(field) is Wire.Varint or Wire.Delimited:
                wire.Tag(number, TypeOf(field))
                    .Raw([.. Enumerable.Repeat((byte)0xff, random.Next(4, 13)), (byte)random.Next(128)]);
                return true;
            case AttackKind.InvalidUtf8 when field.FieldType == FieldType.String:
                wire.Bytes(number, [(byte)'a', .. NoUtf8[random.Next(NoUtf8.Length)]]);
                return true;
            case AttackKind.UnknownEnum when field.FieldType == FieldType.Enum:
                wire.Tag(number, Wire.Varint).Number(random.Next(2) == 0 ? 999 : Extremes[random.Next(Extremes.Length)]);
                return true;
            case AttackKind.GiantString when field.FieldType is FieldType.String or FieldType.Bytes && !_hasGiant:
                _hasGiant = true;
                var length = random.Next(8) == 0 ? 5 << 20 : random.Next(random.Next(4) == 0 ? LongestText : 20_000);
                wire.Bytes(number, Encoding.UTF8.GetBytes(new string(random.Next(2) == 0 ? '王' : 'x', length / 3)));
                return true;
            case AttackKind.ExtremeNumber when TypeOf(field) != Wire.Delimited:
                Extreme(wire, field, Extremes[random.Next(Extremes.Length)]);
                return true;
            case AttackKind.WrongWireType:
                Wrong(wire, number, (TypeOf(field) + random.Next(1, 6)) % 6);
                return true;
            case AttackKind.ManyElements when field.IsRepeated && wire.Length < 10_000:
                Many(wire, field, depth);
                return true;
            case AttackKind.DeepNesting when field.FieldType == FieldType.Message:
                wire.Bytes(number, Nested(number, random.Next(50, 2_000)));
                return true;
            default:
                return false;
        }
    }

    private static void Extreme(Wire wire, FieldDescriptor field, ulong value)
    {
        switch (TypeOf(field))
        {
            case Wire.Fixed64:
                wire.Tag(field.FieldNumber, Wire.Fixed64).Raw(BitConverter.GetBytes(value));
                break;
            case Wire.Fixed32:
                wire.Tag(field.FieldNumber, Wire.Fixed32).Raw(BitConverter.GetBytes(unchecked((uint)value)));
                break;
            default:
                wire.Tag(field.FieldNumber, Wire.Varint).Number(value);
                break;
        }
    }

    private void Wrong(Wire wire, int number, int type)
    {
        var bytes = new byte[type == Wire.Fixed64 ? 8 : 4];
        random.NextBytes(bytes);
        _ = type switch
        {
            Wire.Varint => wire.Tag(number, type).Number((ulong)random.Next()),
            Wire.Delimited => wire.Bytes(number, bytes),
            Wire.GroupStart => wire.Tag(number, type).Tag(number, Wire.GroupEnd),
            _ => wire.Tag(number, type).Raw(bytes),
        };
    }

    private void Many(Wire wire, FieldDescriptor field, int depth)
    {
        for (var count = random.Next(random.Next(5) == 0 ? 20_000 : 2_000); count > 0; count--)
        {
            if (random.Next(100) == 0 && depth < 2)
            {
                Value(wire, field, AttackKind.FieldMix, DeepestField - 1);
            }
            else
            {
                _ = TypeOf(field) == Wire.Delimited
                    ? wire.Bytes(field.FieldNumber, [])
                    : wire.Tag(field.FieldNumber, Wire.Varint).Number(1);
            }
        }
    }

    // A message in a message in a message: as far as the type goes, and as unknown fields beyond.
    private static byte[] Nested(int number, int depth)
    {
        byte[] inner = [];
        for (; depth > 0; depth--)
        {
            inner = new Wire().Bytes(1 + (depth + number) % 3, inner).ToArray();
        }

        return inner;
    }

    private void Beyond(Wire wire, AttackKind kind)
    {
        for (var count = random.Next(1, kind == AttackKind.DeepNesting ? 20_000 : 30); count > 0; count--)
        {
            var number = random.Next(2) == 0 ? random.Next(1, 536_870_912) : random.Next(1, 2_000);
            if (kind == AttackKind.DeepNesting)
            {
                wire.Tag(900, Wire.GroupStart);
            }
            else
            {
                Wrong(wire, number, random.Next(random.Next(10) == 0 ? 8 : 3));
            }
        }
    }

    private static int TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String or FieldType.Bytes or FieldType.Message or FieldType.Group => Wire.Delimited,
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => Wire.Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => Wire.Fixed32,
        _ => Wire.Varint,
    };
}
