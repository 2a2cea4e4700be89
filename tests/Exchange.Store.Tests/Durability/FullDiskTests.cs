using Exchange.Testing;
using Xunit;

namespace Exchange.Store.Tests.Durability;

/// <summary>
/// Fills a small file system of the test's own. It needs the right to mount one in a namespace, and is skipped, with
/// the reason, where the machine doesn't grant it.
/// </summary>
public sealed class FullDiskTests
{
    private const int DiskMegabytes = 24;
    private const int BallastMegabytes = 12;

    public static TheoryData<string> Engines() => [.. RecordStores.Engines];

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task A_full_disk_refuses_commits_loses_none_and_is_survived(string engine)
    {
        using var directory = new TemporaryDirectory();
        Skip.IfNot(await CanMountAsync(directory.Path), "This machine doesn't let a test mount a small file system.");
        var ballast = Path.Combine(directory.Path, "ballast");
        var script =
            $"mount -t tmpfs -o size={DiskMegabytes}m tmpfs '{directory.Path}'"
            + $" && head -c {BallastMegabytes}M /dev/zero > '{ballast}' && exec \"$@\"";

        var (exit, output) = await CrashedProgram.RunAsync(
            ["fill", Path.Combine(directory.Path, "data"), engine, ballast],
            "unshare", "-rm", "sh", "-c", script, "sh");

        Assert.True(exit == 0, output);
        Assert.Contains("then False", output, StringComparison.Ordinal);
        Assert.Contains("ok ", output, StringComparison.Ordinal);
    }

    private static async Task<bool> CanMountAsync(string directory)
    {
        try
        {
            using var probe = System.Diagnostics.Process.Start(
                "unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", directory]);
            await probe.WaitForExitAsync();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
