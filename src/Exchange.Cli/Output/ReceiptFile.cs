using Exchange.Node.JsonDoor;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.Output;

/// <summary>Receipts that travel between two offices as a file: one a line, in the contract's own JSON.</summary>
internal static class ReceiptFile
{
    /// <summary>Writes a file anew; an older one of that name is replaced.</summary>
    public static void Write(string path, IEnumerable<SyncReceipt> receipts) =>
        File.WriteAllLines(path, receipts.Select(ContractJson.Line));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="CommandException">The file holds something else.</exception>
    public static IReadOnlyList<SyncReceipt> Read(string path)
    {
        try
        {
            return [.. File.ReadLines(path).Where(line => line.Length > 0).Select(SyncReceipt.Parser.ParseJson)];
        }
        catch (Exception exception) when (exception is InvalidJsonException or InvalidProtocolBufferException)
        {
            throw new CommandException(
                ExitCode.Usage, $"'{path}' holds no receipts, as 'exchange receipts PEER --out FILE' writes them.",
                exception);
        }
    }
}
