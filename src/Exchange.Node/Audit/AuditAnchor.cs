using Exchange.Node.Hosting;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Audit;

/// <summary>
/// The newest signed head in a file beside the store, so that a store whose chain was cut is told from one that was
/// restored, and both from one that is whole.
/// </summary>
internal sealed class AuditAnchor(DataDirectory data)
{
    private readonly string _file = data.In(Path.Combine("audit", "head"));

    /// <summary>Reads it; null when there is none or it can't be read.</summary>
    public AuditHeadSignature? Read()
    {
        try
        {
            return AuditHeadSignature.Parser.ParseFrom(File.ReadAllBytes(_file));
        }
        catch (Exception exception) when (exception is IOException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>Takes the place of the one before.</summary>
    public void Write(AuditHeadSignature signed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        var draft = _file + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            signed.WriteTo(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, _file, overwrite: true);
    }
}
