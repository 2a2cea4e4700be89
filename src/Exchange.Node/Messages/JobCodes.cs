using System.Security.Cryptography;
using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Matching;
using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Messages;

/// <summary>Gives vacancies six digits, and finds them by these.</summary>
internal sealed class JobCodes(
    IRecordStore store, RecordCodec codec, RecordWriter writer, OpenVacancies vacancies, TimeProvider time)
    : IDisposable
{
    // So many codes drawn and taken means that nearly all are.
    private const int MaxDraws = 100;

    // Codes are given one at a time: of two calls that name one vacancy the second finds the first one's code.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Dispose() => _turn.Dispose();

    /// <summary>The code of a vacancy; empty when it has none yet.</summary>
    public async Task<string> FindAsync(string vacancy, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(JobCodeKind.KindName) { Index = IndexNames.Vacancy, Value = vacancy, Limit = 1 };
        var page = await store.QueryAsync(query, cancellationToken);
        return page.Records.Select(Read).FirstOrDefault()?.Code ?? "";
    }

    /// <summary>The vacancy that a code stands for; empty for none.</summary>
    public async Task<string> VacancyOfAsync(string code, CancellationToken cancellationToken) =>
        Read(await HolderAsync(code, cancellationToken))?.VacancyId ?? "";

    /// <summary>The code of a vacancy, given now if need be.</summary>
    public async Task<string> GiveAsync(string vacancy, CancellationToken cancellationToken)
    {
        if (await FindAsync(vacancy, cancellationToken) is { Length: > 0 } known)
        {
            return known;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await FindAsync(vacancy, cancellationToken) is { Length: > 0 } given
                ? given
                : await DrawAsync(vacancy, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string> DrawAsync(string vacancy, CancellationToken cancellationToken)
    {
        for (var draw = 0; draw < MaxDraws; draw++)
        {
            var code = JobDigits.Of(RandomNumberGenerator.GetInt32(JobDigits.Count));
            var holder = await HolderAsync(code, cancellationToken);
            if (holder is null || !await IsOfferedAsync(Read(holder)!.VacancyId, cancellationToken))
            {
                if (await WriteAsync(code, vacancy, holder, cancellationToken))
                {
                    return code;
                }
            }
        }

        throw new ExchangeException(
            StatusCode.ResourceExhausted,
            ErrorReason.JobCodesExhausted,
            "Nearly all job codes stand for open vacancies. Close notices that are over.",
            ("vacancy_id", vacancy));
    }

    // Another may have drawn the same in between: then this one loses, and draws again.
    private async Task<bool> WriteAsync(
        string code, string vacancy, StoredRecord? holder, CancellationToken cancellationToken)
    {
        var given = new JobCode
        {
            Code = code,
            VacancyId = vacancy,
            GivenDate = DateRules.ToDate(NodeIdentity.Today(time)),
        };
        var record = new Record { Kind = JobCodeKind.KindName, Payload = Any.Pack(given) };
        var item = new PutRecordItem { Number = 1, Record = record };
        if (holder is not null)
        {
            (record.Id, item.Etag) = (holder.Key.Id.ToString(), Etag.Format(holder.Version));
        }

        return (await writer.PutAsync(item, scope: null, CallReach.Whole, cancellationToken)).Error is null;
    }

    private async Task<StoredRecord?> HolderAsync(string code, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(JobCodeKind.KindName) { Index = JobCodeKind.CodeIndex, Value = code, Limit = 1 };
        return (await store.QueryAsync(query, cancellationToken)).Records is [var holder, ..] ? holder : null;
    }

    private async Task<bool> IsOfferedAsync(string vacancy, CancellationToken cancellationToken) =>
        await vacancies.FindAsync(vacancy, cancellationToken) is { } held && PostTerms.IsOffered(held);

    private JobCode? Read(StoredRecord? stored) =>
        stored is { IsTombstone: false } ? codec.Decode(stored).Payload?.Unpack<JobCode>() : null;
}
