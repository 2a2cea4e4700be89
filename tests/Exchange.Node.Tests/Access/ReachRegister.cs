using Exchange.Node.Tests.Services;
using Exchange.Node.Tests.Sync;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>A node with records here and there, and callers who reach a part of them.</summary>
internal sealed class ReachRegister : IAsyncDisposable
{
    /// <summary>The division that the clerk reaches.</summary>
    public const string Here = "530627";

    /// <summary>One that it doesn't.</summary>
    public const string There = "530602";

    private int _number;

    public TestNode Node { get; private set; } = null!;

    public string WorkerHere { get; private set; } = "";

    public string WorkerThere { get; private set; } = "";

    public string VacancyHere { get; private set; } = "";

    public string VacancyThere { get; private set; } = "";

    /// <summary>A desk that reaches <see cref="Here"/>.</summary>
    public CallInvoker Clerk { get; private set; } = null!;

    /// <summary>A publisher of the source "own-hr", on which <see cref="VacancyHere"/> is.</summary>
    public CallInvoker Publisher { get; private set; } = null!;

    public static async Task<ReachRegister> StartAsync()
    {
        var register = new ReachRegister { Node = await TestNode.StartAsync("zhaotong") };
        register.WorkerHere = await register.PutWorkerAsync(register.Node.Channel, Here);
        register.WorkerThere = await register.PutWorkerAsync(register.Node.Channel, There);
        register.VacancyHere = await register.PutVacancyAsync(register.Node.Channel, Here, "own-hr");
        register.VacancyThere = await register.PutVacancyAsync(register.Node.Channel, There, "other-hr");
        register.Clerk = await register.AsAsync(
            new Credential { Name = "clerk", Roles = { Role.Desk }, DivisionCodes = { Here } });
        register.Publisher = await register.AsAsync(
            new Credential { Name = "own", Roles = { Role.Publisher }, Sources = { "own-hr" } });
        return register;
    }

    /// <summary>Calls by a new credential.</summary>
    public async Task<CallInvoker> AsAsync(Credential credential) => Node.As(
        (await Node.Access.CreateCredentialAsync(new CreateCredentialRequest { Credential = credential })).Token);

    public Task<string> PutWorkerAsync(CallInvoker calls, string division) =>
        IdAsync(PutAsync(calls, "worker", People.Worker(++_number, division)));

    public Task<string> PutVacancyAsync(CallInvoker calls, string division, string source) => IdAsync(PutAsync(
        calls, "vacancy", VacancySamples.Sample(division: division), key: new ExternalKey
        {
            Source = source,
            SourceId = $"{++_number}",
        }));

    /// <summary>Puts one record as a caller.</summary>
    public static async Task<PutRecordAnswer> PutAsync(
        CallInvoker calls, string kind, IMessage payload, string id = "", ExternalKey? key = null)
    {
        var item = new PutRecordItem
        {
            Record = new V1.Record
            {
                Kind = kind,
                Id = id,
                ExternalKey = key,
                Payload = Any.Pack(payload),
                LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
            },
        };
        var request = new BatchPutRecordsRequest { Items = { item } };
        return (await new RecordService.RecordServiceClient(calls).BatchPutRecordsAsync(request)).Answers.Single();
    }

    /// <summary>Records that a worker was referred to a vacancy; returns the placement's id.</summary>
    public static async Task<string> ReferAsync(CallInvoker calls, string worker, string vacancy) =>
        (await new PlacementService.PlacementServiceClient(calls).RecordPlacementEventAsync(
            new RecordPlacementEventRequest
            {
                Event = new PlacementEvent
                {
                    WorkerId = worker,
                    VacancyId = vacancy,
                    SendingNode = "zhaotong",
                    ReceivingNode = "dongguan",
                    Type = PlacementEventType.Referred,
                    HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 1 },
                },
            })).Placement.Id;

    /// <summary>A failure that tells nothing but that it is out of reach.</summary>
    public static async Task AssertOutsideAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((StatusCode.PermissionDenied, "ERROR_REASON_OUT_OF_REACH"), (error.StatusCode, error.Reason()));
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    private static async Task<string> IdAsync(Task<PutRecordAnswer> put)
    {
        var answer = await put;
        Assert.Null(answer.Error);
        return answer.Id;
    }
}
