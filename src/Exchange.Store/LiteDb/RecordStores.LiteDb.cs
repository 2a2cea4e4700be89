using Exchange.Store.LiteDb;

namespace Exchange.Store;

public static partial class RecordStores
{
    static partial void AddLiteDb(List<EmbeddedEngine> engines) =>
        engines.Add(new EmbeddedEngine(
            LiteDbEngine.EngineName, LiteDbEngine.FileName, LiteDbEngine.Open, LiteDbBackup.CopyAsync));
}
