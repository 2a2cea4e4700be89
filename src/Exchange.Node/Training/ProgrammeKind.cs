using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>Programmes: found by their division, department and document.</summary>
internal sealed class ProgrammeKind() : PlainKind<Programme>("programme");
