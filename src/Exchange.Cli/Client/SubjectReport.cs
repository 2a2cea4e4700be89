using System.Globalization;
using System.Text.Json.Nodes;
using Exchange.Node.JsonDoor;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>All that a node holds about a person; the JSON of <c>exchange subject show</c>.</summary>
/// <param name="Subject">The subject's id.</param>
/// <param name="Node">The node that answers.</param>
/// <param name="Time">When it looked.</param>
/// <param name="Records">The records, as the contract's JSON has them.</param>
/// <param name="Given">What partners were given.</param>
/// <param name="Households">Households whose head the person is.</param>
/// <param name="Erasure">The erasure, if the person was erased.</param>
/// <param name="OutOfReach">Records that the caller's reach leaves out.</param>
/// <param name="Damaged">Records that were damaged in the store.</param>
internal sealed record SubjectReport(
    string Subject,
    string Node,
    DateTimeOffset Time,
    IReadOnlyList<JsonNode> Records,
    IReadOnlyList<WhoSawReport.Partner> Given,
    IReadOnlyList<string> Households,
    ErasureReport? Erasure,
    uint OutOfReach,
    uint Damaged)
{
    public static SubjectReport From(
        SubjectSummary summary, IEnumerable<Record> records, IEnumerable<DisclosurePartner> given) => new(
        summary.SubjectId,
        summary.Node,
        summary.ShowTime.ToDateTimeOffset(),
        [.. records.Select(record => JsonNode.Parse(ContractJson.Line(record))!)],
        [.. given.Select(WhoSawReport.Partner.From)],
        summary.HouseholdIds,
        summary.Erasure is { } erasure ? ErasureReport.From(erasure) : null,
        summary.OutOfReachCount,
        summary.DamagedCount);

    /// <summary>The record to print and to hand out, in Chinese and English.</summary>
    /// <param name="purpose">What it was shown for.</param>
    public IEnumerable<string> Lines(string purpose)
    {
        yield return "个人信息查询结果 / What is held about a person";
        yield return $"编号 / subject: {Subject}";
        yield return $"节点 / node: {Node}";
        yield return string.Create(CultureInfo.InvariantCulture, $"查询时间 / shown: {Time:u}");
        yield return $"事由 / purpose: {purpose}";
        if (Erasure is not null)
        {
            yield return "";
            yield return "已删除 / erased:";
            foreach (var line in Erasure.Lines())
            {
                yield return "  " + line;
            }
        }

        foreach (var (i, record) in Records.Index())
        {
            yield return "";
            foreach (var line in Lines(i + 1, record.AsObject()))
            {
                yield return line;
            }
        }

        if (OutOfReach + Damaged > 0)
        {
            yield return "";
            yield return $"未列出 / not shown: {OutOfReach} 超出权限范围 / out of reach, {Damaged} 已损坏 / damaged";
        }

        foreach (var household in Households)
        {
            yield return "";
            yield return $"户主 / head of household {household}: exchange subject show {household}";
        }

        yield return "";
        yield return Given.Count == 0 ? "未向任何机构提供 / given to nobody" : "已提供给 / given to:";
        foreach (var line in Given.SelectMany(partner => partner.Lines()))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Lines(int number, JsonObject record)
    {
        var state = record["state"]?.ToString()
            .Replace("RECORD_STATE_", "", StringComparison.Ordinal)
            .ToLowerInvariant();
        yield return $"记录 / record {number}: {record["kind"]} {record["id"]}, {record["homeNode"]}, {state}";
        foreach (var part in new[] { "legalBasis", "externalKey", "payload" })
        {
            foreach (var (path, value) in Leaves(record[part], ""))
            {
                if (path != "@type")
                {
                    yield return $"  {(part == "payload" ? "" : part + ".")}{path}: {value}";
                }
            }
        }
    }

    private static IEnumerable<(string Path, string Value)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject of => of.SelectMany(field =>
            Leaves(field.Value, path.Length == 0 ? field.Key : $"{path}.{field.Key}")),
        JsonArray of => of.Index().SelectMany(item => Leaves(item.Item, $"{path}[{item.Index + 1}]")),
        null => [],
        _ => [(path, node.ToString())],
    };
}
