using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>Stations and outside bases: found by where they are and by the region that they serve.</summary>
internal sealed class StationKind() : PlainKind<Station>("station");
