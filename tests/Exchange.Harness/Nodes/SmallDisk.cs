using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Exchange.Harness.Nodes;

/// <summary>
/// A disk that can be filled without hurting anybody else: a small tmpfs where mounting is permitted, elsewhere a limit on
/// how large the node's files may grow.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int FileSizeResource = 1;
    private const string Size = "256m";

    private readonly string _directory;

    private SmallDisk(string directory, bool isMounted)
    {
        _directory = directory;
        IsMounted = isMounted;
    }

    /// <summary>It is a file system of its own.</summary>
    public bool IsMounted { get; }

    private string Ballast => Path.Combine(_directory, "ballast");

    public static async Task<SmallDisk> MakeAsync(string directory, bool mayMount)
    {
        Directory.CreateDirectory(directory);
        var isMounted = mayMount && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={Size}", "tmpfs", directory);
        return new SmallDisk(directory, isMounted);
    }

    /// <summary>Leaves the node of a process no room at all.</summary>
    public void Fill(int process)
    {
        if (!IsMounted)
        {
            Limit(process, 1);
            return;
        }

        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var piece = new byte[1 << 20]; piece.Length >= 1;)
        {
            try
            {
                file.Write(piece);
            }
            catch (IOException)
            {
                // No room for this much; a smaller piece may still fit.
                Array.Resize(ref piece, piece.Length / 2);
            }
        }
    }

    /// <summary>Makes room again.</summary>
    public void Empty(int process)
    {
        if (IsMounted)
        {
            File.Delete(Ballast);
        }
        else
        {
            Limit(process, ulong.MaxValue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (IsMounted)
        {
            await RunAsync("umount", "-l", _directory);
        }
    }

    // The hard limit stays, so that the soft one can be lifted again. A process that is gone has no limit to set.
    private static void Limit(int process, ulong bytes)
    {
        var limit = new ResourceLimit { Soft = bytes, Hard = ulong.MaxValue };
        _ = SetLimit(process, FileSizeResource, ref limit, 0);
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    [DllImport("libc", EntryPoint = "prlimit")]
    private static extern int SetLimit(int process, int resource, ref ResourceLimit wanted, nint former);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
