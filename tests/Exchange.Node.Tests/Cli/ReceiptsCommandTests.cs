using System.Text.Json;
using Exchange.Cli;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Sync;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange receipts</c></summary>
public sealed class ReceiptsCommandTests
{
    [Fact]
    public async Task The_newest_receipts_are_told_on_a_line_each()
    {
        var run = new CommandRun { Node = Node() };

        var exit = await run.RunAsync("receipts", "right");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            "4 1970-01-01 00:00:00Z left-right v0: right gave 0 changes (0 quarantined), 0 records agree; "
            + "left gave 0 changes (0 quarantined), 0 records agree\n",
            run.Output);
    }

    [Fact]
    public async Task All_receipts_are_one_json_object_over_all_pages()
    {
        var run = new CommandRun { Node = Node() };

        await run.RunAsync("receipts", "right", "--all", "--json");

        var receipts = JsonDocument.Parse(run.Output).RootElement.GetProperty("receipts");
        Assert.Equal(2, receipts.GetArrayLength());
        Assert.Equal(64, receipts[0].GetProperty("digest").GetString()!.Length);
    }

    [Fact]
    public async Task A_chain_that_isnt_as_it_should_be_exits_1_and_names_the_receipt()
    {
        var run = new CommandRun { Node = Node() };

        var exit = await run.RunAsync("receipts", "right", "--verify");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("Receipt 3: it doesn't fit", run.Output, StringComparison.Ordinal);
        Assert.Contains("1-2: lost when a backup was restored", run.Output, StringComparison.Ordinal);
    }

    private static FakeNode Node() => new FakeNode()
        .On<ListReceiptsRequest>("ListReceipts", request =>
        {
            var receipt = ReceiptBench.Earlier(4);
            var statement = ReceiptLink.Read(receipt)!;
            statement.EndTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);
            return new ListReceiptsResponse
            {
                Receipts =
                {
                    new StoredReceipt
                    {
                        Receipt = receipt,
                        Statement = statement,
                        Digest = ReceiptLink.DigestOf(receipt),
                    },
                },
                NextPageToken = request.PageToken.Length == 0 ? "next" : "",
            };
        })
        .On<VerifyReceiptsRequest>("VerifyReceipts", _ => new VerifyReceiptsResponse
        {
            ReceiptCount = 4,
            NewestNumber = 6,
            Problems = { new ReceiptProblem { Number = 3, Message = "it doesn't fit" } },
            Gaps = { new ReceiptGap { FromNumber = 1, ToNumber = 2 } },
        });
}
