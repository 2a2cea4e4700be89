using Exchange.Node.Errors;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Records;

/// <summary>Writes some fields of a record, and leaves the others.</summary>
internal static class MaskMerge
{
    /// <summary>Refuses a mask that names what is no field of a kind.</summary>
    public static void Check(RecordKind kind, FieldMask mask)
    {
        foreach (var path in mask.Paths.Where(path => !IsValidPath(kind, path)))
        {
            throw ExchangeException.Invalid(
                "update_mask",
                $"'{ExchangeException.Named(path, "what was sent")}' is no field of {kind.Descriptor.FullName}.");
        }
    }

    /// <summary>Puts the fields that a mask names into what a record holds, and returns that.</summary>
    public static IMessage Run(IMessage payload, FieldMask mask, IMessage into)
    {
        var leftOut = FillLeftOut(payload, mask);
        mask.Merge(payload, into, new FieldMask.MergeOptions
        {
            ReplaceMessageFields = true,
            ReplacePrimitiveFields = true,
            ReplaceRepeatedFields = true,
        });

        // Of a message that the caller leaves out, and of which nothing is left, the presence goes too: for some
        // messages presence says something, such as that a household was moved.
        foreach (var field in leftOut.Where(field => ((IMessage)field.Accessor.GetValue(into)).CalculateSize() == 0))
        {
            field.Accessor.Clear(into);
        }

        return into;
    }

    // The merge wants every message that the mask goes into; returns those that the caller left out.
    private static List<FieldDescriptor> FillLeftOut(IMessage payload, FieldMask mask)
    {
        var leftOut = new List<FieldDescriptor>();
        foreach (var path in mask.Paths)
        {
            var message = payload;
            foreach (var name in path.Split('.')[..^1])
            {
                var field = message.Descriptor.FindFieldByName(name);
                if (field.Accessor.GetValue(message) is null)
                {
                    field.Accessor.SetValue(message, field.MessageType.Parser.ParseFrom(ByteString.Empty));
                    leftOut.AddRange(message == payload ? [field] : []);
                }

                message = (IMessage)field.Accessor.GetValue(message);
            }
        }

        return leftOut;
    }

    private static bool IsValidPath(RecordKind kind, string path)
    {
        var message = kind.Descriptor;
        foreach (var name in path.Split('.'))
        {
            if (message?.FindFieldByName(name) is not { } field)
            {
                return false;
            }

            // Nothing within the elements of a list can be named: a mask replaces a list as a whole.
            message = field is { FieldType: FieldType.Message, IsRepeated: false } ? field.MessageType : null;
        }

        return true;
    }
}
