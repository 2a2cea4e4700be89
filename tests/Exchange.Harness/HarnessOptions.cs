using System.Globalization;

namespace Exchange.Harness;

/// <summary>What a run is asked for.</summary>
/// <param name="Length">How long faults are injected, on each engine.</param>
/// <param name="Seed">Decides the order of the faults, their targets and lengths, and what is written.</param>
/// <param name="Engine">The only engine; null for every one in this build.</param>
/// <param name="MayMount">A file system of its own is mounted for each node, where that is permitted.</param>
internal sealed record HarnessOptions(TimeSpan Length, int Seed, string? Engine, bool MayMount = true)
{
    public const string Usage = "Usage: Exchange.Harness [--minutes N | --seconds N] [--seed N] [--engine NAME] "
        + "[--disk tmpfs|limit]";

    /// <summary>Reads the command line; null when it can't be read.</summary>
    public static HarnessOptions? Read(string[] args)
    {
        var options = new HarnessOptions(TimeSpan.FromMinutes(10), Random.Shared.Next(1, 1_000_000), null);
        foreach (var pair in args.Chunk(2))
        {
            if (pair is ["--engine", var engine])
            {
                options = options with { Engine = engine };
            }
            else if (pair is ["--disk", "tmpfs" or "limit"])
            {
                options = options with { MayMount = pair[1] == "tmpfs" };
            }
            else if (pair is not [var name, var value]
                || !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }
            else
            {
                options = name switch
                {
                    "--minutes" => options with { Length = TimeSpan.FromMinutes(number) },
                    "--seconds" => options with { Length = TimeSpan.FromSeconds(number) },
                    "--seed" => options with { Seed = number },
                    _ => null,
                };
                if (options is null)
                {
                    return null;
                }
            }
        }

        return options;
    }
}
