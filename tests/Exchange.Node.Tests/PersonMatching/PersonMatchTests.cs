using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Errors;
using Exchange.Node.PersonMatching;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Audit;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.PersonMatching;

/// <summary>The town asks the region, over a real line, which of the masked workers are persons that it knows.</summary>
public sealed class PersonMatchTests : IAsyncLifetime
{
    private const string IdNumber = "998801199001010014";

    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync()
    {
        _nodes = await AgreedNodes.StartAsync();
        var draft = SampleAgreements.Draft();
        draft.Flows.Single(flow => flow.FromNode == SampleAgreements.Region).PersonMatchesPerDay = 3;
        await _nodes.AgreeAsync(draft);
    }

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_person_is_matched_with_the_record_that_was_given_however_its_number_is_written()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();

        var found = await AskAsync(("own", "９９８８０１１９９００１０１００１４"), ("other", "998801198501010016"));

        var match = Assert.Single(found);
        Assert.Equal(("own", id), (match.WorkerId, Assert.Single(match.GivenIds)));
        var noted = await new AuditedNode(_nodes.Region).NewestAsync(AuditAction.PersonsMatched);
        Assert.Equal((SampleAgreements.Town, "asked 2"), (noted.Partner, noted.Detail));
        Assert.Equal(("worker", 1ul), (Assert.Single(noted.Targets).Kind, noted.Targets[0].Count));
    }

    [Fact]
    public async Task Who_wasnt_given_was_taken_back_or_is_frozen_matches_nothing()
    {
        var id = await _nodes.PutWorkerAsync();
        await _nodes.SyncAsync();
        var before = await AskAsync(("own", IdNumber));
        await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        await new V1.SubjectService.SubjectServiceClient(_nodes.Region.Channel)
            .RestrictSubjectAsync(new RestrictSubjectRequest { SubjectId = id });

        Assert.Empty(before);
        Assert.Empty(await AskAsync(("own", IdNumber)));
        await _nodes.SyncAsync();
        Assert.Empty(await AskAsync(("own", IdNumber)));
    }

    [Fact]
    public async Task The_days_persons_are_counted_and_a_restart_or_a_refusal_gives_none_back()
    {
        await AskAsync(("a", IdNumber), ("b", IdNumber));
        await _nodes.RestartRegionAsync();

        var refused = await Assert.ThrowsAsync<ExchangeException>(() => AskAsync(("a", IdNumber), ("b", IdNumber)));
        var never = await Assert.ThrowsAsync<ExchangeException>(
            () => AskAsync(("a", IdNumber), ("b", IdNumber), ("c", IdNumber), ("d", IdNumber)));
        await AskAsync(("a", IdNumber));
        var spent = await Assert.ThrowsAsync<ExchangeException>(() => AskAsync(("a", IdNumber)));
        _nodes.NextDay();
        await AskAsync(("a", IdNumber));

        Assert.Equal(
            (ErrorReason.RateLimited, ErrorReason.FieldInvalid, ErrorReason.RateLimited),
            (refused.Reason, never.Reason, spent.Reason));
    }

    [Fact]
    public void A_partner_asks_one_question_at_a_time()
    {
        var budget = _nodes.Region.Services.GetRequiredService<MatchBudget>();
        using (budget.Enter("dongguan"))
        {
            Assert.Equal(
                ErrorReason.RateLimited,
                Assert.Throws<ExchangeException>(() => budget.Enter("dongguan")).Reason);
            budget.Enter("zhongshan").Dispose();
        }

        budget.Enter("dongguan").Dispose();
    }

    [Fact]
    public async Task Keys_change_with_the_month_and_only_the_neighbours_of_the_present_one_are_answered()
    {
        var present = KeysOf(_nodes.Town).Present;

        Assert.NotEqual(KeyOf(_nodes.Town, present), KeyOf(_nodes.Town, present + 1));
        Assert.Equal(KeyOf(_nodes.Town, present), KeyOf(_nodes.Region, present));
        var answered = new List<int>();
        for (var step = -2; step <= 2; step++)
        {
            if (await StatusAsync((uint)(present + step), 32) == StatusCode.OK)
            {
                answered.Add(step);
            }
        }

        Assert.Equal([-1, 0, 1], answered);
        Assert.Equal(StatusCode.FailedPrecondition, await StatusAsync(present - 2, 32));
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(present, 31));
    }

    [Fact]
    public void A_token_is_the_one_that_the_contract_describes()
    {
        var key = SHA256.HashData("key"u8);

        Assert.Equal(
            HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(IdNumber)), MatchKeys.Token(key, " " + IdNumber));
        Assert.Null(MatchKeys.Token(key, "998***********0014"));
    }

    [Fact]
    public async Task Without_a_word_in_the_agreement_nobody_may_ask()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using var channel = _nodes.Town.OpenChannelOf(SampleAgreements.Region);
            await new V1.PersonMatchService.PersonMatchServiceClient(channel.Intercept(new PatientClient())).MatchPersonsAsync(
                Request(SampleAgreements.Region, KeysOf(_nodes.Region).Present, 32));
        });

        Assert.Equal(
            (StatusCode.PermissionDenied, "ERROR_REASON_PERSON_MATCH_NOT_AGREED"), (error.StatusCode, error.Reason()));
    }

    [Fact]
    public async Task A_desk_asks_about_own_workers_with_a_purpose()
    {
        var id = await _nodes.PutWorkerAsync();
        var client = new V1.PersonMatchService.PersonMatchServiceClient(_nodes.Region.Channel);
        var request = new FindGivenPersonsRequest { Peer = SampleAgreements.Town, WorkerIds = { id } };

        var aimless = await Assert.ThrowsAsync<RpcException>(async () => await client.FindGivenPersonsAsync(request));
        request.Purpose = "registration";
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.FindGivenPersonsAsync(request));

        // What the partner said: of its own flow nothing was agreed.
        Assert.Equal(StatusCode.InvalidArgument, aimless.StatusCode);
        Assert.Equal("ERROR_REASON_PERSON_MATCH_NOT_AGREED", refused.Reason());
        var noted = await new AuditedNode(_nodes.Region).NewestAsync(AuditAction.PersonsMatched);
        Assert.Equal(("registration", SampleAgreements.Town), (noted.Purpose, noted.Partner));
    }

    [Fact]
    public async Task A_desk_is_told_which_of_its_workers_the_partner_has_given_over_a_real_line()
    {
        var given = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        var own = await PutInTownAsync(IdNumber);
        var other = await PutInTownAsync("998801198501010016");

        // The town calls as well; until now it was called only.
        await _nodes.CallFromTownAsync();
        var desk = await _nodes.Town.Access.CreateCredentialAsync(new CreateCredentialRequest
        {
            Credential = new Credential { Name = "desk", Roles = { Role.Desk } },
        });
        var found = await new V1.PersonMatchService.PersonMatchServiceClient(_nodes.Town.As(desk.Token))
            .FindGivenPersonsAsync(new FindGivenPersonsRequest
            {
                Peer = SampleAgreements.Region,
                WorkerIds = { own, other },
                Purpose = "registration",
            });

        var match = Assert.Single(found.Matches);
        Assert.Equal((own, given), (match.WorkerId, Assert.Single(match.GivenIds)));
        var here = await new AuditedNode(_nodes.Town).NewestAsync(AuditAction.PersonsMatched);
        Assert.Equal(("registration", "desk", "asked 2"), (here.Purpose, here.Actor.Name, here.Detail));
        var there = await new AuditedNode(_nodes.Region).NewestAsync(AuditAction.PersonsMatched);
        Assert.Equal((SampleAgreements.Town, "asked 2"), (there.Partner, there.Detail));
    }

    private async Task<string> PutInTownAsync(string idNumber)
    {
        var worker = Samples.Worker();
        (worker.IdNumber, worker.Sex, worker.BirthDate, worker.HouseholdId) = (idNumber, Sex.Unspecified, null, "");
        var item = new PutRecordItem
        {
            Record = new Record
            {
                Kind = "worker",
                LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
                Payload = Any.Pack(worker),
            },
        };
        var put = await _nodes.Town.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } });
        Assert.Null(put.Answers[0].Error);
        return put.Answers[0].Id;
    }

    private Task<List<GivenPerson>> AskAsync(params (string Id, string IdNumber)[] workers)
    {
        // The town's configuration has no address of the region, because the region calls.
        var peer = _nodes.Town.Services.GetRequiredService<SyncPeers>()[SampleAgreements.Region];
        var options = new PeerOptions { Node = SampleAgreements.Region, Address = _nodes.Region.Address.ToString() };
        return _nodes.Town.Services.GetRequiredService<MatchQuestion>()
            .AskAsync(peer with { Options = options }, workers, default);
    }

    private async Task<StatusCode> StatusAsync(uint number, int length)
    {
        using var channel = _nodes.Region.OpenChannelOf(SampleAgreements.Town);
        var client = new V1.PersonMatchService.PersonMatchServiceClient(channel.Intercept(new PatientClient()));
        try
        {
            await client.MatchPersonsAsync(Request(SampleAgreements.Town, number, length));
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    private static MatchPersonsRequest Request(string node, uint number, int length) => new()
    {
        Node = node,
        Suite = "hmac-sha256",
        KeyNumber = number,
        Tokens = { ByteString.CopyFrom(new byte[length]) },
    };

    private static MatchKeys KeysOf(TestNode node) => node.Services.GetRequiredService<MatchKeys>();

    private static byte[] KeyOf(TestNode node, uint number) =>
        KeysOf(node).Of(node.Services.GetRequiredService<SyncPeers>().All.Single(), number);
}
