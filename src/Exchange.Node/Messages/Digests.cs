using System.Security.Cryptography;
using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Messages;

/// <summary>Writes digests into the outbox.</summary>
internal sealed class Digests(
    IRecordStore store,
    RecordCodec codec,
    RecordWriter writer,
    OpenVacancies open,
    JobCodes codes,
    ContactStandings standings,
    AuditReads reads,
    NodeIdentity node,
    TimeProvider time)
{
    private const int MostVacancies = 20;
    private const int MostWorkers = 1000;

    // What stands for a code that is yet to be given.
    private const string NoCode = "------";

    // Items of a request are numbered from here on, by worker.
    private const ulong FirstNumber = 1;

    /// <summary>Writes what is asked for.</summary>
    /// <exception cref="ExchangeException">The request is wrong, or names what isn't open or reached.</exception>
    public async Task<RenderDigestResponse> RenderAsync(
        RenderDigestRequest request, CallReach reach, CancellationToken cancellationToken)
    {
        if (Check(request).ToList() is { Count: > 0 } wrong)
        {
            throw ExchangeException.Invalid(wrong);
        }

        var posts = new List<(Vacancy Vacancy, string Id)>();
        for (var i = 0; i < request.VacancyIds.Count; i++)
        {
            var (record, vacancy) = await open.RequireAsync(
                $"vacancy_ids[{i}]", request.VacancyIds[i], reach, cancellationToken);
            posts.Add((vacancy, record.Id));
        }

        var workers = await WorkersAsync(request, reach, cancellationToken);
        var scope = request.ValidateOnly ? null : PutScope.ForRequest(
            request.RequestId, SHA256.HashData(request.ToByteArray()), time.GetUtcNow());
        if (scope is not null)
        {
            await RequestClaim.TakeAsync(store, scope, validateOnly: false, cancellationToken);
        }

        var told = new List<(Vacancy Vacancy, string Code)>();
        foreach (var (vacancy, id) in posts)
        {
            var code = request.ValidateOnly
                ? await codes.FindAsync(id, cancellationToken)
                : await codes.GiveAsync(id, cancellationToken);
            told.Add((vacancy, code.Length > 0 ? code : NoCode));
        }

        var response = new RenderDigestResponse { Text = DigestText.Of(request.Channel, node.Name, told) };
        var message = new OutboxMessage
        {
            Channel = request.Channel,
            BodyWords = response.Text,
            VacancyIds = { posts.Select(post => post.Id) },
            State = MessageState.Waiting,
            WrittenDate = DateRules.ToDate(NodeIdentity.Today(time)),
        };
        var write = new DigestWrite(scope, request.ValidateOnly, reach, response.MessageIds);
        if (request.Channel == MessageChannel.NoticeBoard)
        {
            (message.WorkerId, message.Place) = ("", request.Place);
            if (!await WasWrittenAsync(write, FirstNumber, cancellationToken))
            {
                await PutAsync(message, FirstNumber, write, cancellationToken);
            }
        }

        await WriteAsync(message, workers, write, response, cancellationToken);
        return response;
    }

    // Who was left out, and why, is something that is learnt of a person: all of them are noted as read.
    private async Task WriteAsync(
        OutboxMessage message,
        IReadOnlyList<(string Id, Worker? Worker)> workers,
        DigestWrite write,
        RenderDigestResponse response,
        CancellationToken cancellationToken)
    {
        await reads.NoteAsync(
            workers.Select(one => new RecordKey(WorkerKind.KindName, Guid.ParseExact(one.Id, "D"))), cancellationToken);
        for (var i = 0; i < workers.Count; i++)
        {
            var ((id, worker), number) = (workers[i], FirstNumber + (ulong)i);
            if (await WasWrittenAsync(write, number, cancellationToken))
            {
                continue;
            }

            var reason = await ReasonAsync(id, worker, cancellationToken);
            if (reason == LeftOutReason.Unspecified)
            {
                message.WorkerId = id;
                message.Place = worker!.RegisteredPlace ?? worker.ResidencePlace ?? Nowhere();
                await PutAsync(message, number, write, cancellationToken);
            }
            else
            {
                response.LeftOut.Add(new LeftOut { WorkerId = id, Reason = reason });
            }
        }
    }

    // What a request with this id wrote before is answered as it was, whatever has become of the posts since.
    private async Task<bool> WasWrittenAsync(DigestWrite write, ulong number, CancellationToken cancellationToken)
    {
        if (write.Scope is null
            || await writer.FindAnswerAsync(write.Scope, number, cancellationToken) is not { } earlier)
        {
            return false;
        }

        write.MessageIds.Add(earlier.Id);
        return true;
    }

    /// <summary>The number that a worker can be reached at; empty for none, and for a masked one.</summary>
    public static string PhoneOf(Worker? worker) =>
        worker is { Phone.Length: > 0 } && !worker.Phone.Contains('*', StringComparison.Ordinal) ? worker.Phone : "";

    /// <summary>Why a worker gets no message today; unspecified for one who gets it.</summary>
    public async Task<LeftOutReason> ReasonAsync(string id, Worker? worker, CancellationToken cancellationToken)
    {
        if (worker is null)
        {
            return LeftOutReason.NotUsed;
        }

        var standing = await standings.OfAsync(id, cancellationToken);
        return standing.On(NodeIdentity.Today(time)) is var said and not LeftOutReason.Unspecified ? said
            : PhoneOf(worker).Length == 0 ? LeftOutReason.NoPhone
            : LeftOutReason.Unspecified;
    }

    // All of them, before anything is written: one that isn't here or isn't reached refuses the whole request.
    private async Task<IReadOnlyList<(string Id, Worker? Worker)>> WorkersAsync(
        RenderDigestRequest request, CallReach reach, CancellationToken cancellationToken)
    {
        var workers = new List<(string Id, Worker? Worker)>();
        if (request.WorkerIds.Count > 0)
        {
            reach.Reach.RequireKind(ContactKind.KindName);
        }

        foreach (var id in request.WorkerIds.Distinct(StringComparer.Ordinal))
        {
            var key = new RecordKey(WorkerKind.KindName, RecordResolver.ParseId("worker_ids", id));
            await reach.RequireReadAsync(key, cancellationToken);
            var stored = await store.GetAsync(key, cancellationToken);
            if (stored is not { IsTombstone: false })
            {
                throw reach.Missing(WorkerKind.KindName, id);
            }

            workers.Add((id, codec.Decode(stored).Payload?.Unpack<Worker>()));
        }

        return workers;
    }

    private async Task PutAsync(
        OutboxMessage message, ulong number, DigestWrite write, CancellationToken cancellationToken)
    {
        var item = new PutRecordItem
        {
            Number = number,
            ValidateOnly = write.ValidateOnly,
            Record = new Record
            {
                Kind = OutboxMessageKind.KindName,
                LegalBasis = Replies.Duty(),
                Payload = Any.Pack(message),
            },
        };
        var answer = await writer.WriteAsync(item, write.Scope, write.Reach, cancellationToken);
        if (!write.ValidateOnly)
        {
            write.MessageIds.Add(answer.Id);
        }
    }

    private static Place Nowhere() => new() { Words = "不详" };

    private static IEnumerable<FieldViolation> Check(RenderDigestRequest request)
    {
        var isBoard = request.Channel == MessageChannel.NoticeBoard;
        if (request.Channel == default || !System.Enum.IsDefined(request.Channel))
        {
            yield return new("channel", "Say which way it goes.");
        }

        if (request.VacancyIds.Count is 0 or > MostVacancies)
        {
            yield return new("vacancy_ids", $"Send 1 to {MostVacancies}, not {request.VacancyIds.Count}.");
        }

        if (isBoard != (request.WorkerIds.Count == 0) || request.WorkerIds.Count > MostWorkers)
        {
            yield return new("worker_ids", $"Send 1 to {MostWorkers}, and none for a notice board.");
        }

        if (isBoard == request.Place is null)
        {
            yield return new("place", "Say where the notice board hangs, and leave it out for phones.");
        }
    }

    /// <summary>How the messages of one request are written, and which were.</summary>
    private readonly record struct DigestWrite(
        PutScope? Scope, bool ValidateOnly, CallReach Reach, ICollection<string> MessageIds);
}
