using System.Text;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Agreements;

/// <summary>
/// The agreements in the store, one entry a version. Knows nothing of rules: <see cref="AgreementDesk"/> decides what
/// may be written.
/// </summary>
internal sealed class AgreementBook(IRecordStore store)
{
    private const string Collection = "agreements";

    /// <summary>Every version that is kept, by id and version.</summary>
    public async Task<IReadOnlyList<HeldAgreement>> ReadAsync(CancellationToken cancellationToken) =>
        await store.ReadAllEntriesAsync(Collection, default, cancellationToken)
            .Select(entry => HeldAgreement.Read(entry.Value.Span))
            .ToListAsync(cancellationToken);

    /// <summary>The versions of one agreement.</summary>
    public async Task<AgreementVersions> ReadAsync(string id, CancellationToken cancellationToken) =>
        new((await ReadAsync(cancellationToken)).Where(held => held.Terms.Agreement.Id == id));

    /// <summary>Keeps a version.</summary>
    /// <param name="row">What is to stand there.</param>
    /// <param name="standing">What stood there when the row was made; null when nothing did.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="EntryConflictException">Somebody else changed it meanwhile.</exception>
    public async Task<HeldAgreement> WriteAsync(
        AgreementEntry row, HeldAgreement? standing, CancellationToken cancellationToken)
    {
        var bytes = row.ToByteArray();
        var held = HeldAgreement.Read(bytes);
        await CommitAsync(new EntryWrite(Collection, KeyOf(held), bytes, Standing(standing)), cancellationToken);
        return held;
    }

    /// <summary>Forgets a version.</summary>
    /// <exception cref="EntryConflictException">Somebody else changed it meanwhile.</exception>
    public Task DropAsync(HeldAgreement held, CancellationToken cancellationToken) =>
        CommitAsync(EntryWrite.Delete(Collection, KeyOf(held), Standing(held)), cancellationToken);

    private Task<CommitResult> CommitAsync(EntryWrite write, CancellationToken cancellationToken) =>
        store.CommitAsync(new Commit { Entries = [write] }, cancellationToken);

    private static EntryExpectation Standing(HeldAgreement? held) =>
        held is null ? EntryExpectation.Absent : new EntryExpectation(held.Row.ToByteArray());

    // An id holds no slash, and eight hexadecimal digits stand in the order of the numbers.
    private static byte[] KeyOf(HeldAgreement held) =>
        Encoding.UTF8.GetBytes($"{held.Terms.Agreement.Id}/{held.Version:x8}");
}
