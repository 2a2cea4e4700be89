using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Services;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Attacks;

/// <summary>A node with a pinned certificate asks for what was agreed with another, or with nobody.</summary>
public sealed class PartnerAttackTests : IAsyncLifetime
{
    /// <summary>Has a pinned certificate, and no agreement.</summary>
    private const string Other = "bijie";

    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task The_agreement_of_another_opens_nothing()
    {
        var refused = await OpenAsync(caller: Other, hello => hello.Node = Other);

        Assert.Equal("ERROR_REASON_PEER_UNKNOWN", refused.Reason());
    }

    [Fact]
    public async Task The_name_of_another_is_refused_by_the_certificate()
    {
        var refused = await OpenAsync(caller: Other, _ => { });

        Assert.Equal("ERROR_REASON_PEER_CERTIFICATE_FOREIGN", refused.Reason());
    }

    [Fact]
    public async Task Other_terms_than_both_have_signed_end_the_session()
    {
        var refused = await OpenAsync(
            caller: SampleAgreements.Region, hello => hello.AgreementDigest = Google.Protobuf.ByteString.Empty);

        Assert.Equal("ERROR_REASON_AGREEMENT_MISMATCH", refused.Reason());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task A_cursor_that_a_partner_makes_up_brings_nothing_that_wasnt_agreed(long position)
    {
        // A vacancy flows; an outage's and a credential's rows don't, nor does what stays home.
        await _nodes.Town.PublishAsync(VacancySamples.Item(1, "A-1", VacancySamples.Sample()));
        var status = await _nodes.Town.Services.GetRequiredService<IRecordStore>().GetStatusAsync(default);
        using var channel = _nodes.Town.OpenChannelOf(SampleAgreements.Region);
        using var call = new SyncService.SyncServiceClient(channel).Sync();
        var hello = await HelloAsync();
        hello.Applied = new FeedCursor { Epoch = status.Epoch.ToString(), Position = (ulong)position };
        await call.RequestStream.WriteAsync(new SyncRequest { Frame = new SyncFrame { Hello = hello } });

        var kinds = new HashSet<string>();
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None)
                && call.ResponseStream.Current.Frame.FrameCase != SyncFrame.FrameOneofCase.CaughtUp)
            {
                if (call.ResponseStream.Current.Frame.Batch is { } batch)
                {
                    kinds.UnionWith(batch.Changes.Select(change => change.Record.Kind));
                    var ack = new SyncAck { Sequence = batch.Sequence, Applied = batch.To };
                    await call.RequestStream.WriteAsync(new SyncRequest { Frame = new SyncFrame { Ack = ack } });
                }
            }
        }
        catch (RpcException refused)
        {
            Assert.StartsWith("ERROR_REASON_", refused.Reason(), StringComparison.Ordinal);
        }

        Assert.Subset(new HashSet<string> { "vacancy", "employer", "vacancy-quota" }, kinds);
    }

    [Fact]
    public async Task What_is_held_of_another_isnt_told()
    {
        using var channel = _nodes.Town.OpenChannelOf(Other);
        var disclosures = new DisclosureService.DisclosureServiceClient(channel.Intercept(new PatientClient()));
        var request = new TellHeldRequest { Node = Other, AgreementId = (await AgreedAsync()).Agreement.Id };
        request.Records.Add(new HeldName { Kind = "worker", Id = Guid.CreateVersion7().ToString() });

        var error = await Assert.ThrowsAsync<RpcException>(async () => await disclosures.TellHeldAsync(request));

        Assert.Equal("ERROR_REASON_PEER_UNKNOWN", error.Reason());
    }

    private async Task<RpcException> OpenAsync(string caller, Action<SyncHello> change)
    {
        using var channel = _nodes.Town.OpenChannelOf(caller);
        using var call = new SyncService.SyncServiceClient(channel).Sync();
        var hello = await HelloAsync();
        change(hello);
        await call.RequestStream.WriteAsync(new SyncRequest { Frame = new SyncFrame { Hello = hello } });
        return await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                Assert.Null(call.ResponseStream.Current.Frame.Batch);
            }
        });
    }

    private async Task<SyncHello> HelloAsync()
    {
        var agreed = await AgreedAsync();
        return new SyncHello
        {
            Node = SampleAgreements.Region,
            MinProtocol = 1,
            MaxProtocol = 1,
            AgreementId = agreed.Agreement.Id,
            AgreementVersion = 1,
            AgreementDigest = agreed.Digest,
            Epoch = Guid.NewGuid().ToString(),
            Applied = new FeedCursor(),
            Window = 4,
            SessionId = Guid.NewGuid().ToString(),
        };
    }

    private async Task<AgreementEntry> AgreedAsync() =>
        (await _nodes.Town.Agreements.ListAgreementsAsync(new ListAgreementsRequest())).Entries.Single();
}
