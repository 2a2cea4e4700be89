using System.Text.Json;
using Exchange.Cli;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange digest</c> and <c>exchange outbox</c></summary>
public sealed class OutboxCommandTests
{
    private const string Id = "019a0000-0000-7000-8000-0000000000aa";

    [Fact]
    public async Task A_digest_is_shown_with_who_was_left_out()
    {
        var run = new CommandRun
        {
            Node = new FakeNode().On<RenderDigestRequest>("RenderDigest", request => new RenderDigestResponse
            {
                Text = $"{request.Channel} {request.Place.DivisionCode}",
                MessageIds = { Id },
                LeftOut = { new LeftOut { WorkerId = Id, Reason = LeftOutReason.NotYet } },
            }),
        };

        var exit = await run.RunAsync("digest", Id, "--channel", "notice-board", "--board", "530629101");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            $"NoticeBoard 530629101\n{Id} was left out: not-yet.\n1 messages were written.\n", run.Output);
    }

    [Fact]
    public async Task A_reply_that_isnt_clear_fails_with_what_can_be_answered()
    {
        var node = new FakeNode().On<TakeReplyRequest>("TakeReply", request => request.Text == "2"
            ? new TakeReplyResponse { Meaning = ContactOutcome.Arrived, Hint = "收到" }
            : new TakeReplyResponse { Hint = "没有看懂" });
        var (clear, unclear) = (new CommandRun { Node = node }, new CommandRun { Node = node });

        Assert.Equal(ExitCode.Ok, await clear.RunAsync("outbox", "reply", Id, "2"));
        Assert.Equal(ExitCode.Failed, await unclear.RunAsync("outbox", "reply", Id, "什么"));
        Assert.Equal("没有看懂\n", unclear.Output);
    }

    [Fact]
    public async Task What_waits_is_written_into_a_folder_once()
    {
        using var folder = new TemporaryDirectory();
        var node = new FakeNode().OnStream<CollectOutboxRequest>("CollectOutbox", _ => Waiting());
        string[] collect = ["outbox", "collect", "--channel", "sms", "--unmask-purpose", "gateway", "--out", folder.Path];
        var (first, second) = (new CommandRun { Node = node }, new CommandRun { Node = node });

        await first.RunAsync(collect);
        await second.RunAsync(collect);

        Assert.Equal($"1 messages were written to {folder.Path}.\n", first.Output);
        Assert.Equal($"0 messages were written to {folder.Path}.\n", second.Output);
        var file = File.ReadAllText(Assert.Single(Directory.GetFiles(folder.Path)));
        Assert.Equal("招工", JsonDocument.Parse(file).RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_is_collected_is_for_the_account_alone()
    {
        using var folder = new TemporaryDirectory();
        var into = Path.Combine(folder.Path, "outbox");
        var node = new FakeNode().OnStream<CollectOutboxRequest>("CollectOutbox", _ => Waiting());

        await new CommandRun { Node = node }.RunAsync(
            "outbox", "collect", "--channel", "sms", "--unmask-purpose", "gateway", "--out", into);

        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(own | UnixFileMode.UserExecute, File.GetUnixFileMode(into));
            Assert.Equal(own, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(into))));
        }
    }

    [Fact]
    public async Task Messages_are_settled_as_sent_or_failed()
    {
        var states = new List<MessageState>();
        var node = new FakeNode().On<SettleMessageRequest>("SettleMessage", request =>
        {
            states.Add(request.State);
            return new SettleMessageResponse();
        });

        await new CommandRun { Node = node }.RunAsync("outbox", "settle", Id);
        await new CommandRun { Node = node }.RunAsync("outbox", "settle", Id, "--failed", "空号");

        Assert.Equal([MessageState.Sent, MessageState.Failed], states);
    }

    private static async IAsyncEnumerable<IMessage> Waiting()
    {
        await Task.Yield();
        yield return new CollectOutboxResponse { MessageId = Id, Phone = "13812345678", Text = "招工" };
    }
}
