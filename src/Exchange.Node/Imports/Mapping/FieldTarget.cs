using System.Globalization;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Google.Type;

namespace Exchange.Node.Imports.Mapping;

/// <summary>The field that a value goes to.</summary>
/// <param name="Path">Its path in proto names, such as <c>card_status_history[0].status</c>.</param>
/// <param name="Field">The field at the path's end.</param>
/// <param name="Slot">The place of the message that has it, see <see cref="MessageSlots"/>.</param>
/// <param name="Elements">The elements of repeated fields along the path, from left to right.</param>
internal sealed record FieldTarget(string Path, FieldDescriptor Field, int Slot, IReadOnlyList<int> Elements)
{
    public bool IsText => Field.FieldType == FieldType.String;

    public bool IsFlag => Field.FieldType == FieldType.Bool;

    public bool IsWhole =>
        Field.FieldType is FieldType.Int32 or FieldType.Int64 or FieldType.UInt32 or FieldType.UInt64;

    public bool IsEnum => Field.FieldType == FieldType.Enum;

    public bool IsMessage => Field.FieldType == FieldType.Message;

    public bool IsDate => IsMessage && Field.MessageType.FullName == Date.Descriptor.FullName;

    public bool IsPlace => IsMessage && Field.MessageType.FullName == Place.Descriptor.FullName;

    public bool IsEnumOf<T>() => IsEnum && Field.EnumType.ClrType == typeof(T);

    /// <summary>
    /// Turns the words of a profile into a value of the field; null when the field has no such value.
    /// </summary>
    public object? ValueOf(string words) => Field.FieldType switch
    {
        FieldType.String => words,
        FieldType.Bool => bool.TryParse(words, out var flag) ? flag : null,
        FieldType.Enum => EnumValue(words),
        _ => IsWhole && long.TryParse(words, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n)
            ? Fit(n)
            : null,
    };

    /// <summary>Brings a whole number to the field's own type; null when it doesn't fit.</summary>
    public object? Fit(long number) => Field.FieldType switch
    {
        FieldType.Int64 => number,
        FieldType.Int32 => number is >= int.MinValue and <= int.MaxValue ? (int)number : null,
        FieldType.UInt32 => number is >= 0 and <= uint.MaxValue ? (uint)number : null,
        FieldType.UInt64 => number >= 0 ? (ulong)number : null,
        _ => null,
    };

    // UNSPECIFIED can't be asked for: it is what a field holds when nothing is stored.
    private object? EnumValue(string name) => Field.EnumType.FindValueByName(name) is { Number: not 0 } value
        ? Enum.ToObject(Field.EnumType.ClrType, value.Number)
        : null;
}
