using System.Text;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// Looks into stored envelopes without parsing them: what every record of a page is asked. One that was damaged in the
/// store tells nothing, and throws nothing.
/// </summary>
internal static class StoredEnvelope
{
    /// <summary>The id of the record's home node, in UTF-8; empty when the envelope can't be read.</summary>
    public static ReadOnlySpan<byte> HomeNode(StoredRecord stored)
    {
        var bytes = stored.Envelope.Span;
        if (bytes.IsEmpty || bytes.Length <= bytes[0])
        {
            return default;
        }

        try
        {
            // Behind a byte of length and the digest item: see RecordCodec.
            var fields = new WireScanner(bytes[(1 + bytes[0])..]);
            while (fields.Next())
            {
                if (fields.Number == Record.HomeNodeFieldNumber && fields.Type == WireFormat.WireType.LengthDelimited)
                {
                    return fields.Value;
                }
            }
        }
        catch (InvalidDataException)
        {
            // As if it had none.
        }

        return default;
    }

    /// <summary>
    /// The node that gave this node its copy, in UTF-8: the record's home, unless a hub passed it on. The home for an
    /// own record; empty when the envelope can't be read.
    /// </summary>
    public static ReadOnlySpan<byte> Giver(StoredRecord stored)
    {
        var note = Note(stored);
        var length = stored.IsTombstone ? RemovalNote.Length : DigestItem.Length;
        return note.Length > length ? note[length..] : HomeNode(stored);
    }

    /// <summary>
    /// Whether a record came from a peer. One whose envelope can't be read is the node's that made its version, so that
    /// it can be replaced.
    /// </summary>
    public static bool IsFrom(StoredRecord stored, ReadOnlySpan<byte> peer)
    {
        var giver = Giver(stored);
        return giver.IsEmpty
            ? peer.SequenceEqual(Encoding.UTF8.GetBytes(stored.Version.Node))
            : giver.SequenceEqual(peer);
    }

    /// <summary>What is noted with a replicated record: its item or removal note, and its giver behind it.</summary>
    /// <param name="note">The digest item, or the note of a removal.</param>
    /// <param name="home">The record's home.</param>
    /// <param name="giver">Who gave it.</param>
    public static byte[] NoteWith(byte[] note, string home, string giver) =>
        home == giver ? note : [.. note, .. Encoding.UTF8.GetBytes(giver)];

    /// <summary>
    /// The bytes that were stored with a replicated record beside its envelope: its digest item, or the note of a
    /// removal, and behind that its giver if that isn't its home. Empty for an own record.
    /// </summary>
    public static ReadOnlySpan<byte> Note(StoredRecord stored)
    {
        var bytes = stored.Envelope.Span;
        return bytes.IsEmpty || bytes.Length <= bytes[0] ? default : bytes.Slice(1, bytes[0]);
    }

    /// <summary>The digest item that was noted with a replicated record; null for an own one.</summary>
    public static UInt128? Item(StoredRecord stored)
    {
        var note = Note(stored);
        return !stored.IsTombstone && note.Length >= DigestItem.Length
            ? DigestItem.Read(note[..DigestItem.Length])
            : null;
    }
}
