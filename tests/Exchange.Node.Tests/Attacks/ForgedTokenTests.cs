using System.Buffers.Binary;
using System.Buffers.Text;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.Testing;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Attacks;

/// <summary>Page tokens that fit their request and that no node gave.</summary>
public sealed class ForgedTokenTests : IAsyncLifetime
{
    private const int TimeAt = 8;
    private const int ValueAt = 32;

    private TestNode _node = null!;
    private AttackCalls _calls = null!;

    public static TheoryData<string> Lists() => [.. Methods().Select(method => method.FullName)];

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync("dongguan", new NodeInitPeer("bijie", null, "passive"));
        _calls = new AttackCalls(_node);
    }

    public async Task DisposeAsync()
    {
        _calls.Dispose();
        await _node.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_token_that_somebody_made_up_is_refused_or_followed(string list)
    {
        var method = Methods().Single(method => method.FullName == list);
        var scope = Request(method.InputType);
        var given = Base64Url.DecodeFromChars(PageToken.Encode(new QueryCursor("17", Guid.Empty), scope, TimeProvider.System));

        foreach (var forged in Forgeries(given))
        {
            var request = Request(method.InputType);
            method.InputType.FindFieldByName("page_token").Accessor.SetValue(request, Base64Url.EncodeToString(forged));
            var bytes = request.ToByteArray();

            var answer = await _calls.SendAsync(
                new AttackRequest(method, AttackKind.FieldMix, [0, 0, 0, 0, (byte)bytes.Length, .. bytes], []), asPartner: false);

            Assert.True(answer.Fault is null, $"{Convert.ToHexString(forged)}: {answer}");
        }
    }

    [Fact]
    public void A_token_of_one_list_is_none_of_another_however_alike_the_requests_are()
    {
        var token = PageToken.Encode(new QueryCursor("a", Guid.Empty), new V1.ListPeersRequest(), TimeProvider.System);

        var error = Assert.Throws<Errors.ExchangeException>(
            () => PageToken.Decode(token, new V1.ListErasuresRequest(), TimeProvider.System));

        Assert.Equal(V1.ErrorReason.PageTokenInvalid, error.Reason);
    }

    private static IEnumerable<byte[]> Forgeries(byte[] given)
    {
        foreach (var time in new[] { long.MinValue, long.MaxValue, 0, -1 })
        {
            var forged = (byte[])given.Clone();
            BinaryPrimitives.WriteInt64BigEndian(forged.AsSpan(TimeAt), time);
            yield return forged;
        }

        byte[][] values = [[], "x"u8.ToArray(), "-1"u8.ToArray(), "99999999999999999999"u8.ToArray(), [0], [0xff, 0xfe]];
        foreach (var value in values)
        {
            yield return [.. given[..ValueAt], .. value];
        }

        yield return [.. given[..(ValueAt - 16)], .. Enumerable.Repeat((byte)0xff, 16), .. given[ValueAt..]];
    }

    private static IEnumerable<MethodDescriptor> Methods() => NodeContract.Files.SelectMany(file => file.Services)
        .SelectMany(service => service.Methods)
        .Where(method => method.InputType.FindFieldByName("page_token") is not null);

    // As much as gets a request as far as its token.
    private static IMessage Request(MessageDescriptor type)
    {
        var request = type.Parser.ParseFrom([]);
        Set(request, "kind", "vacancy");
        Set(request, "peer", "bijie");
        Set(request, "id", Guid.Empty.ToString());
        return request;
    }

    private static void Set(IMessage request, string name, string value)
    {
        if (request.Descriptor.FindFieldByName(name) is { FieldType: FieldType.String, IsRepeated: false } field)
        {
            field.Accessor.SetValue(request, value);
        }
    }
}
