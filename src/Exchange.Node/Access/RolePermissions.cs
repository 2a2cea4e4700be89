using Exchange.V1;
using static Exchange.Node.Access.Permission;

namespace Exchange.Node.Access;

/// <summary>What each role may do; docs/operating/access.md shows the same table.</summary>
internal static class RolePermissions
{
    /// <summary>The permissions of each role.</summary>
    public static IReadOnlyDictionary<Role, IReadOnlyList<Permission>> Rows { get; } =
        new Dictionary<Role, IReadOnlyList<Permission>>
        {
            [Role.Reader] = [ReadRecords, ReadPlacements],
            [Role.Publisher] = [ReadRecords, WriteRecords, PublishVacancies, ReadPlacements],
            [Role.Desk] =
            [
                ReadRecords, Unmask, WriteRecords, PublishVacancies, ReadPlacements, WritePlacements,
                Permission.Desk, SubjectRights, ReadErasures, ReadDisclosures, ReadStatus,
            ],
            [Role.Auditor] = [ReadErasures, ReadDisclosures, ReadAudit, ReadReports, ReadStatus, ReadAgreements],
            [Role.Admin] =
            [
                ReadReports, ReadStatus, ReadAgreements, WriteAgreements, RunSync, AnnounceOutages, ManageAccess,
                RotateKeys,
            ],
        };

    /// <summary>All roles, as the operator on the node's own machine has them.</summary>
    public static IReadOnlyList<Role> All { get; } = [.. Rows.Keys];

    /// <summary>The roles that have a permission.</summary>
    public static IEnumerable<Role> With(Permission permission) =>
        Rows.Where(row => row.Value.Contains(permission)).Select(row => row.Key);

    /// <summary>What the contract calls a role, in lower case: <c>reader</c>.</summary>
    public static string NameOf(Role role) => role.ToString().ToLowerInvariant();
}
