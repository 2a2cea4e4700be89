using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Grpc.Core;

namespace Exchange.Cli.Watching;

/// <summary>The options of every watch, and the run that they make.</summary>
internal sealed class WatchOptions
{
    private readonly Option<string?> _resume = new("--resume-file")
    {
        Description = "Keep the place in this file, after each change that was written out, and go on from it.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _once = new("--once") { Description = "End when the snapshot is complete." };

    private readonly Option<int?> _count = new("--count")
    {
        Description = "End after this many records, states and removals.",
        HelpName = "N",
    };

    private WatchOptions(ClientOptions client) => Client = client;

    private ClientOptions Client { get; }

    public static WatchOptions AddTo(Command command)
    {
        var options = new WatchOptions(ClientOptions.AddTo(command));
        command.Add(options._resume);
        command.Add(options._once);
        command.Add(options._count);
        return options;
    }

    /// <summary>Watches and writes out what happens.</summary>
    public Task<int> RunAsync<TResponse>(
        CommandEnvironment environment,
        ParseResult input,
        Func<NodeConnection, string, CancellationToken, AsyncServerStreamingCall<TResponse>> begin,
        WatchText<TResponse> text,
        CancellationToken cancellationToken) =>
        Running.RunAsync(
            environment,
            Client.Read(input),
            async (output, node) =>
            {
                var resume = new ResumeFile(input.GetValue(_resume));
                resume.Load();
                var loop = new WatchLoop<TResponse>(
                    (token, stop) => begin(node, token, stop), text.Read, resume, output.Time);
                var left = input.GetValue(_count) ?? int.MaxValue;
                var once = input.GetValue(_once);
                await loop.RunAsync(
                    async (response, happened) =>
                    {
                        await WriteAsync(output, text, response, happened);
                        left -= happened.Kind is WatchEventKind.Item or WatchEventKind.Removed ? 1 : 0;
                        return left > 0 && !(once && happened.Kind == WatchEventKind.SnapshotEnd);
                    },
                    cancellationToken);
                return ExitCode.Ok;
            },
            cancellationToken);

    private static async Task WriteAsync<TResponse>(
        CommandOutput output, WatchText<TResponse> text, TResponse response, WatchEvent happened)
    {
        var line = output.IsJson ? text.Json(response)
            : happened.Kind switch
            {
                WatchEventKind.SnapshotEnd => "= the snapshot is complete; changes follow",
                WatchEventKind.Bookmark => null,
                _ => text.Line(response),
            };
        if (line is not null)
        {
            // Flushed before the token is kept: what stands behind the token has left this process.
            await output.Results.WriteLineAsync(line);
            await output.Results.FlushAsync();
        }
    }
}

/// <summary>How responses of one watch are read and written out.</summary>
/// <param name="Read">What happened.</param>
/// <param name="Line">A line for people.</param>
/// <param name="Json">A line for programs.</param>
internal sealed record WatchText<TResponse>(
    Func<TResponse, WatchEvent> Read, Func<TResponse, string> Line, Func<TResponse, string> Json);
