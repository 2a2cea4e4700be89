using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Every kind between two nodes: what flows, what follows a person's basis, and what never leaves.</summary>
public sealed class EveryKindTests : FlowTests
{
    private static readonly RecordKinds Kinds = new();

    public static TheoryData<string> Names() => [.. Kinds.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_the_whole_register_a_record_crosses_byte_for_byte_unless_its_kind_stays_home(string name)
    {
        await using var hub = await FlowNode.OpenAsync(SampleAgreements.Hub, Time);
        var kind = Kinds.Find(name)!;
        var key = await Region.PutAsync(Sample(kind), FlowNode.Duty);

        await FlowPass.RunAsync(Region, hub, SampleAgreements.Province());

        var arrived = await hub.FindAsync(key);
        Assert.Equal(kind.StaysHome ? null : Sample(kind).ToByteString(), arrived?.Payload.Value);
    }

    [Fact]
    public async Task What_names_a_worker_goes_no_further_than_the_worker_may_and_comes_back_with_the_worker()
    {
        await using var hub = await FlowNode.OpenAsync(SampleAgreements.Hub, Time);
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var certificate = SampleRecords.Of<Certificate>();
        (certificate.WorkerId, certificate.TrainingClassId) = (worker.Id.ToString(), "");
        var key = await Region.PutAsync(certificate, FlowNode.Duty);
        await FlowPass.RunAsync(Region, hub, SampleAgreements.Province());
        Assert.NotNull(await hub.FindAsync(key));

        await Region.PutAsync(
            People.Worker(1), new LegalBasis { Kind = LegalBasisKind.Consent }, worker.Id);
        await FlowPass.RunAsync(Region, hub, SampleAgreements.Province());

        Assert.Null(await hub.FindAsync(worker));
        Assert.Null(await hub.FindAsync(key));
    }

    [Fact]
    public void A_kind_that_stays_at_home_is_in_no_default_profile()
    {
        var agreement = SampleAgreements.City();
        AgreementFlow[] flows =
            [.. agreement.Flows, AgreementProfiles.ToProvince("zhaotong", "yunnan", Kinds)];

        Assert.All(flows.SelectMany(flow => flow.Kinds), rule => Assert.False(Kinds.Find(rule.Kind)!.StaysHome));
    }

    // A test node takes no number that a real person could have.
    private static IMessage Sample(RecordKind kind)
    {
        var sample = SampleRecords.Of(kind);
        foreach (var field in sample.Descriptor.Fields.InFieldNumberOrder()
            .Where(field => field.Name is "id_number" or "head_id_number"))
        {
            field.Accessor.Clear(sample);
        }

        return sample;
    }
}
