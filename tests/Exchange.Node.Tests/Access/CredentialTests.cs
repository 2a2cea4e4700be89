using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Access;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>Making, showing and taking back credentials, over a real socket.</summary>
public sealed class CredentialTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync("dongguan", _time);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_token_lets_its_holder_in_and_is_kept_as_a_hash_alone()
    {
        var made = await _node.Access.CreateCredentialAsync(Request("city-jobs", Role.Reader));

        Assert.Equal("dongguan", await GetNodeAsync(made.Token));
        Assert.StartsWith("exchange_", made.Token, StringComparison.Ordinal);
        var bytes = System.Text.Encoding.UTF8.GetBytes(made.Token);
        _node = await _node.RestartAsync(data => Assert.DoesNotContain(
            Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories),
            file => File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0));
    }

    [Fact]
    public async Task A_node_that_restarts_knows_its_credentials()
    {
        var made = await _node.Access.CreateCredentialAsync(Request("city-jobs", Role.Reader));
        _node = await _node.RestartAsync();

        Assert.Equal("dongguan", await GetNodeAsync(made.Token));
        Assert.Equal("city-jobs", Assert.Single(await ListAsync()).Name);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_and_stays_so_after_a_restart()
    {
        var made = await _node.Access.CreateCredentialAsync(Request("city-jobs", Role.Reader));
        await GetNodeAsync(made.Token);

        var revoked = await _node.Access.RevokeCredentialAsync(new RevokeCredentialRequest { Name = "city-jobs" });
        var again = await _node.Access.RevokeCredentialAsync(new RevokeCredentialRequest { Name = "city-jobs" });
        var error = await RefusedAsync(made.Token);
        _node = await _node.RestartAsync();

        Assert.Equal(revoked.Credential.RevokeTime, again.Credential.RevokeTime);
        Assert.Equal("revoked", error.Info().Metadata["cause"]);
        Assert.Equal("revoked", (await RefusedAsync(made.Token)).Info().Metadata["cause"]);
        Assert.Empty(await ListAsync());
        Assert.Single(await ListAsync(all: true));
    }

    [Fact]
    public async Task A_token_expires_after_a_year_unless_it_says_otherwise()
    {
        var made = await _node.Access.CreateCredentialAsync(Request("city-jobs", Role.Reader));

        Assert.Equal(_time.GetUtcNow().AddDays(365), made.Credential.ExpireTime.ToDateTimeOffset());
        _time.SetUtcNow(_time.GetUtcNow().AddDays(365));
        Assert.Equal("expired", (await RefusedAsync(made.Token)).Info().Metadata["cause"]);
    }

    [Fact]
    public async Task A_name_is_never_used_twice()
    {
        await _node.Access.CreateCredentialAsync(Request("city-jobs", Role.Reader));
        await _node.Access.RevokeCredentialAsync(new RevokeCredentialRequest { Name = "city-jobs" });

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await _node.Access.CreateCredentialAsync(Request("city-jobs", Role.Reader)));

        Assert.Equal((StatusCode.AlreadyExists, "ERROR_REASON_DUPLICATE_KEY"), (error.StatusCode, error.Reason()));
    }

    [Fact]
    public async Task The_last_day_of_use_is_told()
    {
        var made = await _node.Access.CreateCredentialAsync(Request("city-jobs", Role.Reader));
        Assert.Null(Assert.Single(await ListAsync()).LastUsedDate);

        await GetNodeAsync(made.Token);
        await _node.Services.GetRequiredService<CredentialBook>().NoteUseAsync(CancellationToken.None);
        _node = await _node.RestartAsync();

        Assert.NotNull(Assert.Single(await ListAsync()).LastUsedDate);
    }

    [Fact]
    public async Task A_certificate_is_known_by_its_key_and_gets_no_token()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=city", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(_time.GetUtcNow(), _time.GetUtcNow().AddDays(1));
        var request = Request("city-jobs", Role.Reader);
        request.CertificatePem = certificate.ExportCertificatePem();

        var made = await _node.Access.CreateCredentialAsync(request);
        request.Credential.Name = "other";
        var taken = await Assert.ThrowsAsync<RpcException>(async () => await _node.Access.CreateCredentialAsync(request));

        Assert.Equal("", made.Token);
        Assert.Equal(
            SHA256.HashData(key.ExportSubjectPublicKeyInfo()), made.Credential.KeyFingerprint.ToByteArray());
        Assert.Equal(StatusCode.AlreadyExists, taken.StatusCode);
    }

    [Theory]
    [InlineData("credential.name", "", Role.Reader, "", "", "", 1)]
    [InlineData("credential.name", "operator", Role.Reader, "", "", "", 1)]
    [InlineData("credential.name", "Has Space", Role.Reader, "", "", "", 1)]
    [InlineData("credential.roles", "a", Role.Unspecified, "", "", "", 1)]
    [InlineData("credential.roles", "a", (Role)77, "", "", "", 1)]
    [InlineData("credential.roles", "a", Role.Admin, "5306", "", "", 1)]
    [InlineData("credential.roles", "a", Role.Admin, "", "vacancy", "", 1)]
    [InlineData("credential.sources", "a", Role.Reader, "", "", "hr", 1)]
    [InlineData("credential.sources", "a", Role.Publisher, "", "", "H R", 1)]
    [InlineData("credential.division_codes", "a", Role.Reader, "530", "", "", 1)]
    [InlineData("credential.kinds", "a", Role.Reader, "", "Not A Kind", "", 1)]
    [InlineData("credential.expire_time", "a", Role.Reader, "", "", "", -1)]
    [InlineData("credential.expire_time", "a", Role.Reader, "", "", "", 732)]
    public async Task What_cant_be_used_is_named(
        string field, string name, Role role, string division, string kind, string source, int days)
    {
        var request = Request(name, role);
        request.Credential.DivisionCodes.AddRange(division.Length > 0 ? [division] : []);
        request.Credential.Kinds.AddRange(kind.Length > 0 ? [kind] : []);
        request.Credential.Sources.AddRange(source.Length > 0 ? [source] : []);
        request.Credential.ExpireTime = _time.GetUtcNow().AddDays(days).ToTimestamp();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await _node.Access.CreateCredentialAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(field, error.Info().Metadata["field"]);
    }

    [Fact]
    public async Task A_fingerprint_and_a_certificate_that_are_none_are_refused()
    {
        var pem = Request("a", Role.Reader);
        pem.CertificatePem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
        var hash = Request("a", Role.Reader);
        hash.Credential.KeyFingerprint = ByteString.CopyFrom(1, 2, 3);

        var one = await Assert.ThrowsAsync<RpcException>(async () => await _node.Access.CreateCredentialAsync(pem));
        var other = await Assert.ThrowsAsync<RpcException>(async () => await _node.Access.CreateCredentialAsync(hash));

        Assert.Equal("certificate_pem", one.Info().Metadata["field"]);
        Assert.Equal("credential.key_fingerprint", other.Info().Metadata["field"]);
    }

    [Fact]
    public async Task Who_lacks_the_permission_is_told_which_role_has_it()
    {
        var made = await _node.Access.CreateCredentialAsync(Request("city-jobs", Role.Reader));

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new V1.AccessService.AccessServiceClient(_node.As(made.Token)).ListCredentialsAsync(new()));

        Assert.Equal((StatusCode.PermissionDenied, "ERROR_REASON_PERMISSION_MISSING"), (error.StatusCode, error.Reason()));
        Assert.Equal("ManageAccess", error.Info().Metadata["permission"]);
        Assert.Equal("admin", error.Info().Metadata["roles"]);
        Assert.Contains("city-jobs", error.Status.Detail, StringComparison.Ordinal);
    }

    private static CreateCredentialRequest Request(string name, Role role) =>
        new() { Credential = new Credential { Name = name, Roles = { role } } };

    private async Task<IReadOnlyList<Credential>> ListAsync(bool all = false) =>
        (await _node.Access.ListCredentialsAsync(new ListCredentialsRequest { IncludeEnded = all })).Credentials;

    private async Task<string> GetNodeAsync(string token) => (await new V1.NodeService.NodeServiceClient(_node.As(token))
        .GetNodeAsync(new GetNodeRequest())).Node.Id;

    private async Task<RpcException> RefusedAsync(string token)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => GetNodeAsync(token));
        Assert.Equal((StatusCode.Unauthenticated, "ERROR_REASON_CREDENTIALS_INVALID"), (error.StatusCode, error.Reason()));
        return error;
    }
}
