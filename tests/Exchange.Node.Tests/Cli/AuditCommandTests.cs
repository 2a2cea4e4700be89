using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange audit</c></summary>
public sealed class AuditCommandTests
{
    private static readonly Guid Worker = Guid.Parse("019a0000-0000-7000-8000-0000000000aa");

    [Fact]
    public async Task Entries_are_told_on_a_line_each()
    {
        var run = new CommandRun { Node = Node(new VerifyAuditResponse()) };

        var exit = await run.RunAsync("audit", "query", "--person", Worker.ToString(), "--action", "unmasked");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            $"       7 1970-01-01 00:00:00Z desk-3       unmasked     worker {Worker}; for rights-request; "
            + "exchange.v1.RecordService/GetRecord\n",
            run.Output);
    }

    [Fact]
    public async Task Entries_are_json_with_ids_as_text()
    {
        var run = new CommandRun { Node = Node(new VerifyAuditResponse()) };

        await run.RunAsync("audit", "query", "--json");

        var entry = JsonDocument.Parse(run.Output).RootElement.GetProperty("entries")[0];
        Assert.Equal(Worker, entry.GetProperty("targets")[0].GetProperty("ids")[0].GetGuid());
        Assert.Equal("local", entry.GetProperty("whoKind").GetString());
    }

    [Fact]
    public async Task A_whole_chain_exits_well_and_a_broken_one_does_not()
    {
        var whole = new CommandRun { Node = Node(new VerifyAuditResponse { EntryCount = 7, NewestSequence = 7 }) };
        var broken = new CommandRun
        {
            Node = Node(new VerifyAuditResponse
            {
                EntryCount = 7,
                Findings = { new AuditFinding { Sequence = 3, Message = "Entry 3: it isn't as it was written." } },
                Gaps = { new AuditGap { FromSequence = 4, ToSequence = 5 } },
            }),
        };

        Assert.Equal(ExitCode.Ok, await whole.RunAsync("audit", "verify"));
        Assert.Equal(ExitCode.Failed, await broken.RunAsync("audit", "verify"));
        Assert.Contains("all as they were written", whole.Output, StringComparison.Ordinal);
        Assert.Contains("Entry 3: it isn't as it was written.", broken.Output, StringComparison.Ordinal);
        Assert.Contains("Entries 4 to 5 are not here", broken.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receipts_that_a_partner_brought_are_sent_along()
    {
        using var directory = new Testing.TemporaryDirectory();
        var file = Path.Combine(directory.Path, "receipts");
        var receipt = new SyncReceipt { Statement = ByteString.CopyFromUtf8("statement") };
        var partner = new CommandRun
        {
            Node = new FakeNode().On<ListReceiptsRequest>("ListReceipts", _ => new ListReceiptsResponse
            {
                Receipts = { new StoredReceipt { Receipt = receipt, Statement = new SyncReceiptStatement { EndTime = new() } } },
            }),
        };
        VerifyAuditRequest? asked = null;
        var node = new FakeNode().On<VerifyAuditRequest>("VerifyAudit", request =>
        {
            asked = request;
            return new VerifyAuditResponse();
        });

        await partner.RunAsync("receipts", "zhaotong", "--out", file);
        await new CommandRun { Node = node }.RunAsync("audit", "verify", "--receipts", file);

        Assert.Equal(receipt, Assert.Single(asked!.Receipts));
    }

    private static FakeNode Node(VerifyAuditResponse found) => new FakeNode()
        .On<VerifyAuditRequest>("VerifyAudit", _ => found)
        .On<QueryAuditRequest>("QueryAudit", _ => new QueryAuditResponse
        {
            Entries =
            {
                new AuditEntry
                {
                    Sequence = 7,
                    Time = new Timestamp(),
                    Actor = new AuditActor { Kind = AuditActorKind.Local, Name = "desk-3" },
                    Action = AuditAction.Unmasked,
                    Outcome = AuditOutcome.Done,
                    Method = "exchange.v1.RecordService/GetRecord",
                    Purpose = "rights-request",
                    Targets =
                    {
                        new AuditTarget
                        {
                            Kind = "worker", Count = 1, Ids = ByteString.CopyFrom(Worker.ToByteArray(bigEndian: true)),
                        },
                    },
                },
            },
        });
}
