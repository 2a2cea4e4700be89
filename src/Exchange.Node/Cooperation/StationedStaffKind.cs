using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>Stationed staff: found by where they are posted, and by their station.</summary>
internal sealed class StationedStaffKind() : PlainKind<StationedStaff>("stationed_staff")
{
    public override bool IsPersonal => true;
}
