using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Imports.Mapping;

/// <summary>
/// The messages that a profile's paths go through, each with a place in an array, so that a row's message is built
/// without looking a path up again.
/// </summary>
internal sealed class MessageSlots
{
    private readonly List<Slot> _slots = [];

    public MessageSlots(MessageDescriptor root)
    {
        _slots.Add(new Slot(root, null, -1, 0));
    }

    /// <summary>Returns the place of the message in a field of another one, adding it when it is new.</summary>
    /// <param name="parent">The place of the message that has the field.</param>
    /// <param name="field">A message field.</param>
    /// <param name="element">The element of a repeated field; 0 otherwise.</param>
    public int Add(int parent, FieldDescriptor field, int element)
    {
        var known = _slots.FindIndex(slot => slot.Parent == parent && slot.Field == field && slot.Element == element);
        if (known >= 0)
        {
            return known;
        }

        _slots.Add(new Slot(field.MessageType, field, parent, element));
        return _slots.Count - 1;
    }

    /// <summary>Starts a row's message.</summary>
    public Draft Start() => new(this);

    private sealed record Slot(MessageDescriptor Type, FieldDescriptor? Field, int Parent, int Element);

    /// <summary>One row's message while it is being filled.</summary>
    internal sealed class Draft(MessageSlots slots)
    {
        private readonly IMessage?[] _messages = new IMessage?[slots._slots.Count];

        public IMessage Root => At(0);

        /// <summary>
        /// Stores a value in a field of the message at a place; a repeated field gets one more element.
        /// </summary>
        public void Set(int slot, FieldDescriptor field, object value)
        {
            var message = At(slot);
            if (field.IsRepeated)
            {
                ((IList)field.Accessor.GetValue(message)).Add(value);
            }
            else
            {
                field.Accessor.SetValue(message, value);
            }
        }

        /// <summary>Returns the message at a place and makes it, and those around it, on first use.</summary>
        private IMessage At(int slot)
        {
            if (_messages[slot] is { } message)
            {
                return message;
            }

            var (type, field, parent, _) = slots._slots[slot];
            message = type.Parser.ParseFrom(ByteString.Empty);
            _messages[slot] = message;
            if (field is not null)
            {
                Set(parent, field, message);
            }

            return message;
        }
    }
}
