using System.Buffers;
using System.Security.Cryptography;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>Makes the view of a record that a peer may have: unseals, projects and computes the digest item.</summary>
internal sealed class ViewMaker(FlowTerms terms, RecordCodec codec)
{
    // The payload is projected right behind the item's header, so that both are hashed in one go.
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary>Makes the view of a record's present version.</summary>
    /// <param name="candidate">The record, and what the peer was sent of it before.</param>
    /// <param name="envelope">Its envelope.</param>
    /// <param name="verdict">For which purposes it flows.</param>
    /// <param name="hasher">Computes the digest item.</param>
    /// <exception cref="InvalidDataException">The payload is malformed.</exception>
    /// <exception cref="CryptographicException">The payload can't be opened.</exception>
    public View Make(Candidate candidate, Record envelope, Verdict verdict, PageHasher hasher)
    {
        var (stored, row) = (candidate.Stored, candidate.Row);
        var plain = codec.Payload(stored);
        var payload = plain.Span;
        var headerLength = DigestItem.HeaderLength(stored.Key, stored.Version.Node);
        _buffer.ResetWrittenCount();
        var bytes = _buffer.GetSpan(headerLength + payload.Length);
        var length = Projector.Project(candidate.Kind!.Fields(verdict), payload, bytes[headerLength..]);
        bytes = bytes[..(headerLength + length)];

        // The same view sent again keeps its revision; another one, one for other purposes, or one after a removal,
        // gets the next.
        var set = terms.Named(verdict.Purposes);
        var revision = NextRevision(candidate);
        var item = Item(bytes, stored, revision, hasher);
        if (candidate.Held is null && row is { IsWithdrawn: false } && row.Version == stored.Version
            && (row.Purposes.Length == 0 || row.Purposes == set.Purposes)
            && !IsBasisNew(row, set, envelope)
            && Item(bytes, stored, row.Revision, hasher) == row.Item)
        {
            (revision, item) = (row.Revision, row.Item);
        }

        // A full register crosses as it is: it is neither copied nor hashed a second time.
        var isWhole = bytes[headerLength..].SequenceEqual(payload);
        return new View(
            verdict.Purposes,
            set,
            revision,
            item,
            isWhole ? UnsafeByteOperations.UnsafeWrap(plain) : ByteString.CopyFrom(bytes[headerLength..]),
            isWhole);
    }

    /// <summary>The record as it is sent: the view, and of the envelope what concerns the receiver.</summary>
    public Record ToRecord(Record envelope, KindTerms kind, View view)
    {
        envelope.Projection = new Projection
        {
            Name = view.For.Projection,
            Revision = view.Revision,
            Partial = envelope.Projection is { Partial: true },
        };
        if (!view.IsWhole || envelope.PayloadHash.Length != SHA256.HashSizeInBytes)
        {
            envelope.PayloadHash = RecordCodec.Hash(view.Payload.Span);
        }

        envelope.Payload = new Any { TypeUrl = envelope.Payload?.TypeUrl ?? "", Value = view.Payload };
        envelope.Etag = "";
        if (envelope.LegalBasis is { Consents.Count: > 0 } basis)
        {
            // What a person agreed to toward others is no business of this receiver, unless it passes on to them.
            foreach (var other in basis.Consents.Where(consent => !Concerns(consent)).ToList())
            {
                basis.Consents.Remove(other);
            }
        }

        if (kind.IsForNamed(view.Purposes))
        {
            // The village and the ledger's own number would tell more than the fields do.
            envelope.ExternalKey = null;
            foreach (var place in envelope.ScopeKeys.Where(key => key.Name == ScopeNames.Division).ToList())
            {
                envelope.ScopeKeys.Remove(place);
            }
        }

        return envelope;
    }

    // The item says nothing of the consents, and another version of the agreement may let others cross.
    private bool IsBasisNew(DisclosureRow row, PurposeSet set, Record envelope) =>
        row.Projection != set.Projection
        && envelope.LegalBasis is { } basis
        && basis.Consents.Any(consent => terms.MayPassOnTo.Contains(consent.RecipientNode));

    private bool Concerns(Consent consent) =>
        Admission.IsFor(consent, terms) || terms.MayPassOnTo.Contains(consent.RecipientNode);

    /// <summary>The revision that the next word about a version has, if it says something new.</summary>
    public static uint NextRevision(Candidate candidate)
    {
        var version = candidate.Stored.Version;
        var last = candidate.Row is { } row && row.Version == version ? row.Revision : 0;
        var held = candidate.Held is { } view && view.Version == version ? view.Revision : 0;
        return Math.Max(last, held) + 1;
    }

    private static UInt128 Item(Span<byte> bytes, StoredRecord stored, uint revision, PageHasher hasher)
    {
        DigestItem.WriteHeader(bytes, stored.Key, stored.Version, revision, RecordState.Active);
        return hasher.Item(bytes);
    }
}

/// <summary>A view of one version of a record.</summary>
/// <param name="Purposes">The purposes for which it is made, by their bits.</param>
/// <param name="For">The same, named.</param>
/// <param name="Revision">Counts the views of that version.</param>
/// <param name="Item">Its digest item.</param>
/// <param name="Payload">The projected payload.</param>
/// <param name="IsWhole">It is the stored payload, byte for byte.</param>
internal readonly record struct View(
    uint Purposes, PurposeSet For, uint Revision, UInt128 Item, ByteString Payload, bool IsWhole);
