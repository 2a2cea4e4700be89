using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class CredentialsTests
{
    private static readonly CallCredentials First = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);
    private static readonly CallCredentials Second = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);

    [Fact]
    public void Channel_credentials_say_what_they_are()
    {
        Assert.Equal(["insecure"], Configure(ChannelCredentials.Insecure));
        Assert.Equal(["tls, roots: none"], Configure(ChannelCredentials.SecureSsl));
        Assert.Equal(["tls, roots: PEM"], Configure(new SslCredentials("PEM")));
    }

    [Fact]
    public void Call_credentials_are_added_to_tls() =>
        Assert.Equal(
            ["tls, roots: none", "interceptor"],
            Configure(ChannelCredentials.Create(ChannelCredentials.SecureSsl, First)));

    [Fact]
    public void Joined_call_credentials_keep_their_order()
    {
        var configurator = new RecordingCallConfigurator();

        CallCredentials.Compose(First, Second).InternalPopulateConfiguration(configurator, new object());

        Assert.Equal([First, Second], configurator.Joined);
    }

    [Fact]
    public void Call_credentials_are_not_added_to_an_unprotected_channel()
    {
        var composed = ChannelCredentials.Create(ChannelCredentials.Insecure, First);

        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { Credentials = composed }));
    }

    [Fact]
    public void Call_credentials_may_be_added_more_than_once() =>
        Assert.Equal(
            ["tls, roots: none", "interceptor", "interceptor"],
            Configure(ChannelCredentials.Create(
                ChannelCredentials.Create(ChannelCredentials.SecureSsl, First), Second)));

    [Fact]
    public void One_credential_alone_is_not_joined() =>
        Assert.Throws<ArgumentException>(() => CallCredentials.Compose(First));

    [Fact]
    public void An_auth_context_without_an_identity_is_not_authenticated()
    {
        var context = new AuthContext(null, []);

        Assert.False(context.IsPeerAuthenticated);
        Assert.Empty(context.PeerIdentity);
        Assert.Empty(context.FindPropertiesByName("name"));
    }

    [Fact]
    public void An_auth_context_finds_its_properties_by_name()
    {
        var context = new AuthContext("name", new()
        {
            ["name"] = [AuthProperty.Create("name", "节点"u8.ToArray())],
            ["other"] = [AuthProperty.Create("other", [1])],
        });

        Assert.True(context.IsPeerAuthenticated);
        Assert.Equal("节点", Assert.Single(context.PeerIdentity).Value);
        Assert.Equal([1], Assert.Single(context.FindPropertiesByName("other")).ValueBytes);
        Assert.Equal(2, context.Properties.Count());
    }

    private static List<string> Configure(ChannelCredentials credentials)
    {
        var configurator = new RecordingChannelConfigurator();
        credentials.InternalPopulateConfiguration(configurator, new object());
        return configurator.Seen;
    }

    private sealed class RecordingChannelConfigurator : ChannelCredentialsConfiguratorBase
    {
        public List<string> Seen { get; } = [];

        public override void SetInsecureCredentials(object? state) => Seen.Add("insecure");

        public override void SetSslCredentials(
            object? state,
            string? rootCertificates,
            KeyCertificatePair? keyCertificatePair,
            VerifyPeerCallback? verifyPeerCallback) =>
            Seen.Add($"tls, roots: {rootCertificates ?? "none"}");

        public override void SetCompositeCredentials(
            object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
        {
            channelCredentials.InternalPopulateConfiguration(this, state!);
            var call = new RecordingCallConfigurator();
            callCredentials.InternalPopulateConfiguration(call, state!);
            Seen.AddRange(call.Interceptors.Select(_ => "interceptor"));
        }
    }

    private sealed class RecordingCallConfigurator : CallCredentialsConfiguratorBase
    {
        public List<AsyncAuthInterceptor> Interceptors { get; } = [];

        public IReadOnlyList<CallCredentials> Joined { get; private set; } = [];

        public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials) =>
            Joined = credentials;

        public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) =>
            Interceptors.Add(interceptor);
    }
}
