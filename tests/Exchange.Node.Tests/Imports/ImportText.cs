using System.Text;
using Exchange.Node.Imports;

namespace Exchange.Node.Tests.Imports;

/// <summary>Imports text as if it stood in a file.</summary>
internal static class ImportText
{
    public static async Task<List<ImportRow>> ReadAsync(
        MappingProfile profile, string csv, ImportOptions? options = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        return await ReadAsync(profile, stream, options);
    }

    public static async Task<List<ImportRow>> ReadAsync(
        MappingProfile profile, Stream stream, ImportOptions? options = null)
    {
        var rows = new List<ImportRow>();
        await foreach (var row in CsvImport.ReadAsync(stream, profile, options ?? ImportOptions.Default, default))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>A profile for vacancies with the given fields, keyed by the column <c>id</c>.</summary>
    public static MappingProfile Vacancies(string fields, string more = "") => MappingProfiles.Parse(
        $$"""
        {
          "name": "test", "description": "A test.", "kind": "vacancy",
          "key": { "source": "test", "columns": ["id"] }, {{more}}
          "fields": [{{fields}}]
        }
        """,
        "test");
}
