using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.Tests.Architecture;
using Xunit;

namespace Exchange.Node.Tests.Access;

public sealed class PermissionTableTests
{
    private static readonly string[] Served =
        [.. NodeContract.Files.SelectMany(file => file.Services).SelectMany(s => s.Methods).Select(PermissionTable.PathOf)];

    [Fact]
    public void An_rpc_without_a_row_doesnt_start_the_node()
    {
        const string forgotten = "/exchange.v1.BundleService/ExportBundle";
        var rows = PermissionTable.Rows.Where(row => row.Key != forgotten).ToDictionary();

        var error = Assert.Throws<InvalidOperationException>(() => PermissionTable.Check(rows, Served));

        Assert.Contains($"{forgotten} has no permission", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_an_rpc_doesnt_start_the_node()
    {
        var rows = PermissionTable.Rows.Append(new("/exchange.v1.HorseService/Ride", Permission.Known)).ToDictionary();

        var error = Assert.Throws<InvalidOperationException>(() => PermissionTable.Check(rows, Served));

        Assert.Contains("/exchange.v1.HorseService/Ride", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_is_mapped_and_not_in_the_contract_doesnt_start_the_node()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => PermissionTable.Check(PermissionTable.Rows, [.. Served, "/exchange.v1.HorseService/Ride"]));

        Assert.Contains("/exchange.v1.HorseService/Ride is served", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_what_the_roles_permit()
    {
        var rows = SourceTree.Text("docs/operating/access.md").Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Where(line => !line.Contains("Access:", StringComparison.Ordinal));

        var expected = Enum.GetValues<Permission>().Except([Permission.Open, Permission.Known, Permission.Partner])
            .Select(permission => $"| `{permission}` | "
                + $"{string.Join(", ", RolePermissions.With(permission).Select(RolePermissions.NameOf))} |");

        Assert.Equal(expected, rows);
    }

    [Fact]
    public void Every_permission_that_a_row_needs_is_had_by_a_role()
    {
        var needed = PermissionTable.Rows.Values.Distinct()
            .Except([Permission.Open, Permission.Known, Permission.Partner]);

        Assert.All(needed, permission => Assert.NotEmpty(RolePermissions.With(permission)));
    }
}
