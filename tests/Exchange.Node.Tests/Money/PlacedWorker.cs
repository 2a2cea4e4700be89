using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Date = Google.Type.Date;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Money;

/// <summary>A node with a worker of Weixin at work in Dongguan, and what is written about them.</summary>
internal sealed class PlacedWorker(TestNode node)
{
    public string Worker { get; private set; } = "";

    public string Placement { get; private set; } = "";

    private string _vacancy = "";

    /// <summary>The worker, the vacancy and the placement, up to the first day of work.</summary>
    public static async Task<PlacedWorker> PutAsync(TestNode node, Action<Worker>? change = null, bool hasBegun = true)
    {
        var placed = new PlacedWorker(node);
        var worker = new Worker
        {
            Name = "王小明",
            BirthDate = Samples.Date(1990, 1, 1),
            RegisteredPlace = Samples.Place("530629101", "威信县扎西镇"),
            CardStatusHistory = { new CardStatusEntry { Status = CardStatus.Poor, FromDate = Samples.Date(2014) } },
        };
        change?.Invoke(worker);
        placed.Worker = await placed.PutAsync("worker", worker);
        placed._vacancy = await placed.PutVacancyAsync();
        await placed.HappenAsync(PlacementEventType.Referred, Samples.Date(2018, 3, 1));
        if (hasBegun)
        {
            await placed.HappenAsync(PlacementEventType.Started, Samples.Date(2018, 3, 10));
        }

        return placed;
    }

    /// <summary>Calls of a reader who reaches one division.</summary>
    public static async Task<CallInvoker> ReaderOfAsync(TestNode node, string division)
    {
        var credential = new Credential { Name = $"county-{division}", Roles = { Role.Reader }, DivisionCodes = { division } };
        var made = await node.Access.CreateCredentialAsync(new CreateCredentialRequest { Credential = credential });
        return node.As(made.Token);
    }

    /// <summary>An open vacancy in Dongguan; returns its id.</summary>
    public Task<string> PutVacancyAsync(Action<Vacancy>? change = null) => PutAsync("vacancy", Vacancy(change));

    /// <summary>An open vacancy in Dongguan.</summary>
    public static Vacancy Vacancy(Action<Vacancy>? change = null)
    {
        var vacancy = new Vacancy
        {
            Title = "制鞋工",
            WorkPlace = Samples.Place("441900118", "东莞市大岭山镇"),
            Status = VacancyStatus.Open,
        };
        change?.Invoke(vacancy);
        return vacancy;
    }

    /// <summary>A grown-up of Weixin with a telephone, in no placement; returns the id.</summary>
    public Task<string> PutWorkerAsync(Action<Worker>? change = null, LegalBasis? basis = null)
    {
        var worker = new Worker
        {
            Name = "王小明",
            Phone = "13812345678",
            BirthDate = Samples.Date(1990, 1, 1),
            RegisteredPlace = Samples.Place("530629101", "威信县扎西镇"),
        };
        change?.Invoke(worker);
        return PutAsync("worker", worker, basis);
    }

    /// <summary>Writes a record of a kind; returns its id.</summary>
    public async Task<string> PutAsync(string kind, IMessage payload, LegalBasis? basis = null)
    {
        var item = new PutRecordItem
        {
            Record = new Record
            {
                Kind = kind,
                LegalBasis = basis ?? new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
                Payload = Any.Pack(payload),
            },
        };
        var answer = (await node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } })).Answers[0];
        return answer.Error is null ? answer.Id : throw new InvalidOperationException(answer.Error.Message);
    }

    /// <summary>Something happens in the placement.</summary>
    public async Task HappenAsync(PlacementEventType type, Date day, string batch = "", long pay = 0)
    {
        var happened = new PlacementEvent
        {
            PlacementId = Placement,
            WorkerId = Worker,
            VacancyId = _vacancy,
            SendingNode = "zhaotong",
            ReceivingNode = "dongguan",
            Type = type,
            HappenedDate = day,
            TransferBatch = batch,
        };
        if (type is PlacementEventType.Checked3Months or PlacementEventType.Checked6Months)
        {
            happened.Evidence = new Evidence { Kind = EvidenceKind.Call, CheckedBy = "服务站", CheckedDate = day };
        }

        if (pay > 0)
        {
            happened.Pay = new PayRange { Currency = "CNY", MinMinor = pay, MaxMinor = pay, Unit = PayUnit.Month };
        }

        var response = await node.Placements.RecordPlacementEventAsync(
            new RecordPlacementEventRequest { Event = happened });
        Placement = response.Placement.Id;
    }

    /// <summary>A policy for workers of Weixin who leave the province, paid for a stay of three months.</summary>
    public static SubsidyPolicy Policy() => new()
    {
        Name = "稳岗补贴",
        Kind = SubsidyKind.StableJob,
        Recipient = SubsidyRecipient.Worker,
        Version = "2018-1",
        Place = Samples.Place("530629", "威信县"),
        PayerWords = "威信县人力资源和社会保障局",
        FromDate = Samples.Date(2018, 1, 1),
        ToDate = Samples.Date(2018, 12, 31),
        Tiers =
        {
            new SubsidyTier { Destination = DestinationClass.OutOfProvince, StayMonths = 6, AmountFen = 200_000 },
            new SubsidyTier { Destination = DestinationClass.OutOfProvince, StayMonths = 3, AmountFen = 100_000 },
            new SubsidyTier { Destination = DestinationClass.InProvince, StayMonths = 3, AmountFen = 30_000 },
        },
        Period = SubsidyPeriod.Yearly,
        CardHoldersOnly = true,
        ClaimMonths = 6,
    };

    /// <summary>A payment to the worker.</summary>
    public SubsidyPayment Payment(string policy, long fen = 100_000, int year = 2018) => new()
    {
        SubsidyPolicyId = policy,
        WorkerId = Worker,
        PlacementId = Placement,
        SendingNode = "zhaotong",
        ReceivingNode = "dongguan",
        AmountFen = fen,
        ConditionMetDate = Samples.Date(2018, 6, 10),
        ForYear = year,
        State = PaymentState.Paid,
        StateDate = Samples.Date(2018, 7, 1),
    };
}
