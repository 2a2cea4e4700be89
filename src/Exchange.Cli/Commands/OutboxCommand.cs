using System.CommandLine;
using System.Text;
using Exchange.Cli.Output;
using Exchange.Node.JsonDoor;
using Exchange.Node.Trust;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange outbox</c></summary>
internal static class OutboxCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("outbox", "Hands messages to gateways, and takes in what is answered.")
        {
            Collect(environment), Settle(environment), Reply(environment),
        };

    private static Command Collect(CommandEnvironment environment)
    {
        var channel = EnumOption.One<MessageChannel>("--channel", "The way that the gateway serves.");
        channel.Required = true;
        var purpose = new Option<string?>("--unmask-purpose")
        {
            Description = "What the telephone numbers are needed for. Not for notice boards.",
            HelpName = "TEXT",
        };
        var folder = new Option<DirectoryInfo?>("--out")
        {
            Description = "Writes each message as MESSAGE-ID.json into this folder, once. Default: prints them.",
            HelpName = "FOLDER",
        };
        var command = new Command("collect", "Reads what waits. It waits on until it is settled.")
        {
            channel, purpose, folder,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new CollectOutboxRequest
            {
                Channel = input.GetValue(channel) ?? default,
                UnmaskPurpose = input.GetValue(purpose) ?? "",
            };
            var into = input.GetValue(folder);
            CreatePrivate(into);
            var written = 0;
            using var call = node.Messages.CollectOutbox(request, cancellationToken: cancellationToken);
            await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                written += await TakeAsync(message, into, output, cancellationToken);
            }

            if (into is not null)
            {
                output.Result(new { written }, $"{written} messages were written to {into.FullName}.");
            }
        });
    }

    // A file that is there was taken before: a gateway that has moved it away and not settled it gets it again.
    private static async Task<int> TakeAsync(
        CollectOutboxResponse message, DirectoryInfo? folder, CommandOutput output, CancellationToken cancellationToken)
    {
        var line = ContractJson.Line(message);
        if (folder is null)
        {
            output.Results.WriteLine(output.IsJson ? line : $"{message.MessageId} {message.Phone}\n{message.Text}");
            return 0;
        }

        var file = Path.Combine(folder.FullName, $"{message.MessageId}.json");
        if (File.Exists(file))
        {
            return 0;
        }

        // It holds a telephone number.
        var partial = $"{file}.part";
        File.Delete(partial);
        await using (var written = PrivateFile.Create(partial))
        {
            await written.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);
        }

        File.Move(partial, file);
        return 1;
    }

    // One that is there keeps its mode: whoever made it knows which gateway reads it.
    private static void CreatePrivate(DirectoryInfo? folder)
    {
        if (folder is { Exists: false } && !OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(
                folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        folder?.Create();
    }

    private static Command Settle(CommandEnvironment environment)
    {
        var id = Message();
        var failed = new Option<string?>("--failed")
        {
            Description = "It couldn't be sent, and why. Default: it was sent.",
            HelpName = "TEXT",
        };
        var command = new Command("settle", "Says that a message was sent, or couldn't be.") { id, failed };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var why = input.GetValue(failed);
            var request = new SettleMessageRequest
            {
                MessageId = input.GetRequiredValue(id),
                State = why is null ? MessageState.Sent : MessageState.Failed,
                FailureWords = why ?? "",
            };
            await node.Messages.SettleMessageAsync(request, cancellationToken: cancellationToken);
            output.Result(new { request.MessageId }, $"{request.MessageId} is settled.");
        });
    }

    private static Command Reply(CommandEnvironment environment)
    {
        var id = Message();
        var text = new Argument<string>("text") { Description = "The answer as it came: '1 501237', '2', '0'." };
        var command = new Command("reply", "Takes in what was answered to a message. Exits with 1 if it isn't clear.")
        {
            id, text,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new TakeReplyRequest
            {
                MessageId = input.GetRequiredValue(id),
                Text = input.GetRequiredValue(text),
            };
            var taken = await node.Messages.TakeReplyAsync(request, cancellationToken: cancellationToken);
            output.Results.WriteLine(output.IsJson ? ContractJson.Line(taken) : taken.Hint);
            return taken.Meaning == default ? ExitCode.Failed : ExitCode.Ok;
        });
    }

    private static Argument<string> Message() =>
        new("message") { Description = "The message's id, as it was collected." };
}
