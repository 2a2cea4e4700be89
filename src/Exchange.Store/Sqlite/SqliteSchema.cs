using Exchange.Store.Embedded;

namespace Exchange.Store.Sqlite;

/// <summary>
/// The tables. The feed is the record table itself, in the order of its row ids; an update moves the row.
/// </summary>
internal static class SqliteSchema
{
    private const int Version = 1;

    // Marks the file as ours for tools that look at files; "ExSt".
    private const int ApplicationId = 0x45785374;

    private const string Tables =
        """
        CREATE TABLE name(number INTEGER PRIMARY KEY, use INTEGER NOT NULL, text TEXT NOT NULL, owner TEXT NOT NULL);
        CREATE TABLE record(
            position INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            id BLOB NOT NULL,
            clock INTEGER NOT NULL,
            node INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            tombstone INTEGER NOT NULL,
            keys BLOB NOT NULL,
            previous BLOB NOT NULL,
            envelope BLOB NOT NULL,
            payload BLOB NOT NULL);
        CREATE UNIQUE INDEX record_id ON record(kind, id);
        CREATE INDEX record_tombstone ON record(position) WHERE tombstone = 1;
        CREATE TABLE record_key(
            name INTEGER NOT NULL,
            value BLOB NOT NULL,
            id BLOB NOT NULL,
            is_unique INTEGER NOT NULL,
            PRIMARY KEY(name, value, id)) WITHOUT ROWID;
        CREATE TABLE entry(
            collection INTEGER NOT NULL,
            key BLOB NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY(collection, key)) WITHOUT ROWID;
        """;

    /// <summary>Makes the tables in a new file; refuses a file that isn't a store or is of a later version.</summary>
    public static void Prepare(SqliteLink link)
    {
        var application = link.ReadNumber("PRAGMA application_id");
        var version = link.ReadNumber("PRAGMA user_version");
        if (application == 0 && version == 0 && link.ReadNumber("SELECT count(*) FROM sqlite_schema") == 0)
        {
            link.Execute(
                $"""
                BEGIN IMMEDIATE;
                {Tables}
                PRAGMA application_id = {ApplicationId};
                PRAGMA user_version = {Version};
                COMMIT
                """);
        }
        else if (application != ApplicationId)
        {
            throw new InvalidDataException("The file is not a store of this program.");
        }
        else if (version != Version)
        {
            throw new InvalidDataException($"The file has schema {version}, but this version knows only {Version}.");
        }
    }

    public static List<Name> ReadNames(SqliteLink link)
    {
        using var rows = link.Prepare("SELECT use, text, owner FROM name ORDER BY number");
        var names = new List<Name>();
        while (rows.Step())
        {
            names.Add(new Name((NameUse)rows.Number(0), rows.Text(1), rows.Text(2)));
        }

        return names;
    }
}
