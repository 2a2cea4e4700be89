using Exchange.Node.Tests.Sync.Hubs;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 13: a hub that knows neither a kind nor a field passes both on byte for byte, if both agreements list them, and
/// the digests of both ways agree.
///
/// Guards, each of which was taken away and missed: listed fields are copied as they are encoded, known or not, and
/// others dropped (<c>FieldPlan</c>); a kind that nobody here knows is taken, and what is known is stored as it came
/// (<c>ChangeReader</c>). That a receiver takes no kind which its agreement doesn't list is held by
/// <c>QuarantineTests</c>.
/// </summary>
public sealed class Case13_UnknownFields : HubFlowTests
{
    private const uint UnknownField = 1000;

    // A field 3 of raw bytes, and one of another number that nobody listed.
    private static readonly byte[] Listed = [0x1A, 3, (byte)'a', (byte)'b', 0xFF];
    private static readonly byte[] Horse = [0x18 | 0x20, 5, .. Listed];

    private readonly RecordKey _horse = new("horse", Guid.CreateVersion7());
    private readonly RecordKey _event = new("placement_event", Guid.CreateVersion7());

    [Fact]
    public async Task A_kind_and_a_field_that_the_hub_does_not_know_reach_the_city_byte_for_byte()
    {
        List(Upward.Flows[0], "horse", 3);
        List(Onward.Flows[0], "horse", 3);
        List(Upward.Flows[0], "placement_event", UnknownField);
        List(Onward.Flows[0], "placement_event", UnknownField);
        var referral = await WriteAsync();

        await PassAsync();

        Assert.Equal(Listed, (await City.FindAsync(_horse))!.Payload.Value.ToByteArray());
        Assert.Equal("type.example.org/horse", (await City.FindAsync(_horse))!.Payload.TypeUrl);
        Assert.EndsWith(
            Convert.ToHexString(Unknown), Convert.ToHexString((await City.FindAsync(_event))!.Payload.Value.Span));
        Assert.Equal(referral, (await Hub.FindAsync(_event))!.Payload.Value.ToByteArray());
    }

    [Fact]
    public async Task A_field_that_only_the_first_agreement_lists_stops_at_the_hub()
    {
        List(Upward.Flows[0], "placement_event", UnknownField);
        var referral = await WriteAsync();

        await PassAsync();

        Assert.Equal(referral, (await Hub.FindAsync(_event))!.Payload.Value.ToByteArray());
        Assert.DoesNotContain(
            Convert.ToHexString(Unknown), Convert.ToHexString((await City.FindAsync(_event))!.Payload.Value.Span));
    }

    [Fact]
    public async Task A_kind_that_an_agreement_does_not_name_flows_no_further()
    {
        List(Upward.Flows[0], "horse", 3);
        await WriteAsync();

        await PassAsync();

        Assert.NotNull(await Hub.FindAsync(_horse));
        Assert.Null(await City.FindAsync(_horse));
    }

    // Field 1000, two raw bytes.
    private static byte[] Unknown => [0xC2, 0x3E, 2, 0xAB, 0xCD];

    private async Task<byte[]> WriteAsync()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        byte[] referral = [.. Region.Referral(worker, City.Id).ToByteArray(), .. Unknown];
        var own = Own("type.googleapis.com/exchange.v1.PlacementEvent", referral);
        own.ScopeKeys.Add(new ScopeKey { Name = "party", Value = City.Id });
        await Region.StoreAsync(_event, own);
        await Region.StoreAsync(_horse, Own("type.example.org/horse", Horse));
        return referral;
    }

    private Record Own(string type, byte[] payload) => new()
    {
        HomeNode = Region.Id,
        State = RecordState.Active,
        LegalBasis = FlowNode.Duty,
        Payload = new Any { TypeUrl = type, Value = ByteString.CopyFrom(payload) },
    };

    private static void List(AgreementFlow flow, string kind, uint field)
    {
        var rule = flow.Kinds.FirstOrDefault(rule => rule.Kind == kind);
        if (rule is null)
        {
            rule = new KindRule { Kind = kind, Gate = Gate.All };
            flow.Kinds.Add(rule);
        }

        rule.Fields.Add(new FieldRule { Number = field });
    }
}
