using System.Globalization;
using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Matching;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Vacancies;

/// <summary>Reads vacancies for which somebody can be proposed today.</summary>
internal sealed class OpenVacancies(IRecordStore store, RecordCodec codec, TimeProvider time)
{
    private static readonly EnumDescriptor Statuses =
        VacancyReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(VacancyStatus));

    /// <summary>A vacancy that is reached and open.</summary>
    /// <param name="field">The field of the request that names it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="reach">What the caller reaches.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ExchangeException">It isn't here, isn't reached or isn't open.</exception>
    public async Task<(Record Record, Vacancy Vacancy)> RequireAsync(
        string field, string id, CallReach reach, CancellationToken cancellationToken)
    {
        var key = new RecordKey(VacancyKind.KindName, RecordResolver.ParseId(field, id));
        await reach.RequireReadAsync(key, cancellationToken);
        if (await store.GetAsync(key, cancellationToken) is not { IsTombstone: false } stored
            || codec.Decode(stored) is not { Payload: { } payload } record)
        {
            throw reach.Missing(VacancyKind.KindName, id);
        }

        var vacancy = payload.Unpack<Vacancy>();
        return IsOpen(vacancy) ? (record, vacancy) : throw new ExchangeException(
            StatusCode.FailedPrecondition,
            ErrorReason.VacancyNotOpen,
            "The vacancy is held, paused, full or over. Nobody can be proposed for it.",
            ("id", id),
            ("status", NameOf(vacancy.Status)));
    }

    /// <summary>A vacancy that is here and in use, open or not; null for none.</summary>
    public async Task<Vacancy?> FindAsync(string id, CancellationToken cancellationToken) =>
        Guid.TryParse(id, out var parsed)
        && await store.GetAsync(new RecordKey(VacancyKind.KindName, parsed), cancellationToken)
            is { IsTombstone: false } stored
            ? codec.Decode(stored).Payload?.Unpack<Vacancy>()
            : null;

    /// <summary>What the contract calls a status; one of a later contract is told as its number.</summary>
    public static string NameOf(VacancyStatus status) => Statuses.FindValueByNumber((int)status)?.Name
        ?? ((int)status).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether somebody can be proposed for a vacancy today.</summary>
    public bool IsOpen(Vacancy vacancy) => PostTerms.IsOffered(vacancy)
        && !(DateRules.Day(vacancy.EndDate) < NodeIdentity.Today(time));
}
