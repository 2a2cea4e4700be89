using System.Text.Json;
using Exchange.Cli;
using Exchange.Node.Trust;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;
using KeyRotation = Exchange.V1.KeyRotation;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange keys</c></summary>
public sealed class KeysCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Data => In("n");

    [Fact]
    public async Task Status_tells_of_masters_destructions_and_the_last_rotation()
    {
        var text = new CommandRun { Node = Node(KeyRotationStep.Records) };
        var json = new CommandRun { Node = Node(KeyRotationStep.Records) };

        Assert.Equal(ExitCode.Ok, await text.RunAsync("keys", "status"));
        Assert.Equal(ExitCode.Ok, await json.RunAsync("keys", "status", "--json"));

        Assert.Equal(
            "master key 2 (aes-256-gcm) of 1970-01-01 00:00:00Z\n3 times a person's keys were destroyed\n"
            + "master key 2: sealing records anew; 40 wrapped anew, 30 renewed, 20 payloads sealed anew\n",
            text.Output);
        var report = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(2, report.GetProperty("masters")[0].GetProperty("version").GetInt32());
        Assert.Equal(3, report.GetProperty("destroyed").GetInt32());
        Assert.Equal("records", report.GetProperty("rotation").GetProperty("step").GetString());
        Assert.False(report.GetProperty("rotation").TryGetProperty("words", out _));
    }

    [Fact]
    public async Task Rotate_asks_for_what_it_is_told_and_only_begins_when_detached()
    {
        RotateKeysRequest? asked = null;
        var run = new CommandRun { Node = Node(KeyRotationStep.Wrap, request => asked = request) };

        var exit = await run.RunAsync("keys", "rotate", "--payloads", "--detach", "--json");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.True(asked!.WithPayloads);
        Assert.Equal("wrap", JsonDocument.Parse(run.Output).RootElement.GetProperty("step").GetString());
    }

    [Fact]
    public async Task A_rotation_that_is_refused_exits_so_and_says_why()
    {
        var run = new CommandRun
        {
            Node = new FakeNode().On<RotateKeysRequest>("RotateKeys", _ => throw FakeNode.Failure(
                StatusCode.FailedPrecondition, "ERROR_REASON_KEY_ROTATION_RUNNING", "A rotation is under way.")),
        };

        Assert.Equal(ExitCode.Refused, await run.RunAsync("keys", "rotate"));
        Assert.Contains("A rotation is under way.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_backed_up_and_brought_back_and_nothing_is_overwritten()
    {
        await MakeKeysAsync();
        await File.WriteAllTextAsync(In("passphrase"), "correct horse battery staple\n");
        await File.WriteAllTextAsync(In("short"), "horse\n");

        var none = await RunAsync("keys", "backup", "--data", Data, "--to", In("b"));
        var tooShort = await RunAsync("keys", "backup", "--data", Data, "--to", In("b"), "--passphrase-file", In("short"));
        Assert.False(Directory.Exists(In("b")));
        var made = await RunAsync(
            "keys", "backup", "--data", Data, "--to", In("b"), "--passphrase-file", In("passphrase"), "--json");
        var file = JsonDocument.Parse(made.Output).RootElement.GetProperty("file").GetString()!;
        string[] restore = ["keys", "restore", "--data", Data, "--passphrase-file", In("passphrase"), "--json", "--from"];
        var missing = await RunAsync([.. restore, In("nowhere")]);
        var refused = await RunAsync([.. restore, file]);
        Directory.Move(Path.Combine(Data, "keys"), In("lost"));
        var restored = await RunAsync([.. restore, file]);

        Assert.Equal((ExitCode.Usage, ExitCode.Usage), (none.Exit, tooShort.Exit));
        Assert.Equal((ExitCode.Ok, ExitCode.NotFound), (made.Exit, missing.Exit));
        Assert.Equal(ExitCode.Failed, refused.Exit);
        Assert.Contains("holds something already", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, restored.Exit);
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(In("lost"), MasterKeys.FileName)),
            await File.ReadAllBytesAsync(Path.Combine(Data, "keys", MasterKeys.FileName)));
    }

    public void Dispose() => _directory.Dispose();

    private static FakeNode Node(KeyRotationStep step, Action<RotateKeysRequest>? asked = null)
    {
        var rotation = new KeyRotation
        {
            MasterVersion = 2,
            Step = step,
            WrappedCount = 40,
            RenewedCount = 30,
            SealedCount = 20,
            StartTime = new Timestamp(),
        };
        return new FakeNode()
            .On<RotateKeysRequest>("RotateKeys", request =>
            {
                asked?.Invoke(request);
                return new RotateKeysResponse { Rotation = rotation };
            })
            .On<GetKeyStatusRequest>("GetKeyStatus", _ => new GetKeyStatusResponse
            {
                Masters = { new MasterKeyVersion { Version = 2, Suite = "aes-256-gcm", CreatedTime = new Timestamp() } },
                DestroyedCount = 3,
                Rotation = rotation,
            });
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var run = new CommandRun();
        return (await run.RunAsync(arguments), run.Output, run.Error);
    }

    // As a node's first start does.
    private async Task MakeKeysAsync()
    {
        await RunAsync("init", "--id", "zhaotong", "--data", Data);
        await using var database = await Store.RecordStores.OpenAsync(
            new Store.StoreOptions("", "zhaotong", "memory"), TimeProvider.System, default);
        await using var keys = await KeyStores.OpenAsync(
            Path.Combine(Data, "keys"), "zhaotong", database, TimeProvider.System, default);
    }

    private string In(string name) => Path.Combine(_directory.Path, name);
}
