using System.Text.Json.Nodes;
using Exchange.Node.Records;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Exchange.Node.JsonDoor;

/// <summary>Messages of the contract in proto3's own JSON.</summary>
internal static class ContractJson
{
    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(
    [
        .. new RecordKinds().All.Select(kind => kind.Descriptor.File).Distinct(),
        ErrorDetailsReflection.Descriptor,
        AnyReflection.Descriptor,
        WrappersReflection.Descriptor,
    ]);

    private static readonly JsonFormatter Formatter = new(
        new JsonFormatter.Settings(formatDefaultValues: false, Types));

    private static readonly JsonParser Parser = new(
        new JsonParser.Settings(JsonParser.Settings.Default.RecursionLimit, Types));

    /// <summary>One line of JSON; a payload of a kind that this program doesn't know is shown as its bytes.</summary>
    public static string Line(IMessage message)
    {
        if (!HasUnknown(message))
        {
            return Formatter.Format(message);
        }

        var shown = message.Descriptor.Parser.ParseFrom(message.ToByteString());
        ShowBytes(shown);
        return Formatter.Format(shown);
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidProtocolBufferException">It isn't of this message.</exception>
    /// <exception cref="InvalidJsonException">That is no JSON.</exception>
    public static IMessage Read(string json, MessageDescriptor descriptor) => Parser.Parse(json, descriptor);

    /// <summary>Reads a message; null for what can't be one.</summary>
    public static IMessage? TryRead(JsonObject tree, MessageDescriptor descriptor)
    {
        try
        {
            return Read(tree.ToJsonString(), descriptor);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException
            or InvalidOperationException or ArgumentException)
        {
            // The parser's own words may hold what was sent.
            return null;
        }
    }

    /// <summary>The message that the <c>@type</c> of an Any names; null for an unknown one.</summary>
    public static MessageDescriptor? Find(string type) => Types.Find(Any.GetTypeName(type));

    private static bool HasUnknown(IMessage message) =>
        message is Any any ? !IsKnown(any) : Children(message).Any(HasUnknown);

    private static void ShowBytes(IMessage message)
    {
        if (message is not Any any)
        {
            foreach (var child in Children(message))
            {
                ShowBytes(child);
            }
        }
        else if (!IsKnown(any))
        {
            any.MergeFrom(Any.Pack(new BytesValue { Value = any.Value }));
        }
    }

    private static bool IsKnown(Any any) => Find(any.TypeUrl) is not null;

    private static IEnumerable<IMessage> Children(IMessage message) => message.Descriptor.Fields.InDeclarationOrder()
        .Where(field => field.FieldType == FieldType.Message && !field.IsMap)
        .SelectMany(field => field.IsRepeated
            ? ((System.Collections.IList)field.Accessor.GetValue(message)).Cast<IMessage>()
            : field.Accessor.GetValue(message) is IMessage one ? [one] : []);
}
