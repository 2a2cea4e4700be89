using Exchange.Node.Tests.Access;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Audit;

/// <summary>Who was turned away stands in the chain.</summary>
public sealed class AuditRefusalsTests : IAsyncLifetime
{
    private const string GetNode = "exchange.v1.NodeService/GetNode";

    private ReachRegister _all = null!;

    private AuditedNode Node => new(_all.Node);

    public async Task InitializeAsync() => _all = await ReachRegister.StartAsync();

    public async Task DisposeAsync() => await _all.DisposeAsync();

    [Fact]
    public async Task A_token_that_nobody_knows_is_noted_without_what_was_shown()
    {
        await RefusedAsync(_all.Node.As("exchange_guessed_token"));

        var noted = await Node.NewestAsync(AuditAction.LoginFailed);

        Assert.Equal(
            ("nobody", GetNode, AuditOutcome.Refused, "unknown, from 127.0.0.1"),
            (noted.Actor.Name, noted.Method, noted.Outcome, noted.Detail));
        Assert.DoesNotContain("guessed", noted.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_credential_is_noted_by_its_name()
    {
        await _all.Node.Access.RevokeCredentialAsync(new RevokeCredentialRequest { Name = "clerk" });

        await RefusedAsync(_all.Clerk);

        var noted = await Node.NewestAsync(AuditAction.LoginFailed);
        Assert.Equal(("clerk", "revoked, from 127.0.0.1"), (noted.Actor.Name, noted.Detail));
    }

    [Fact]
    public async Task What_the_roles_dont_permit_is_noted_with_what_it_needs()
    {
        var access = new AccessService.AccessServiceClient(_all.Clerk);

        await Assert.ThrowsAsync<RpcException>(async () => await access.ListCredentialsAsync(new()));

        var noted = await Node.NewestAsync(AuditAction.AccessDenied);
        Assert.Equal(
            ("clerk", "desk", "exchange.v1.AccessService/ListCredentials", "needs ManageAccess"),
            (noted.Actor.Name, Assert.Single(noted.Actor.Roles), noted.Method, noted.Detail));
    }

    [Fact]
    public async Task A_path_that_is_no_rpc_isnt_kept()
    {
        using var http = _all.Node.OpenHttp();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "exchange_guessed");

        await http.GetAsync(new Uri("/v1/records/worker/13812345678", UriKind.Relative));

        var noted = await Node.NewestAsync(AuditAction.LoginFailed);
        Assert.DoesNotContain("13812345678", noted.ToString(), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(CallInvoker caller)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await new NodeService.NodeServiceClient(caller).GetNodeAsync(new GetNodeRequest()));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }
}
