using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Tests.Access;

internal static class EraseCalls
{
    /// <summary>Erases a person as a caller.</summary>
    public static async Task EraseAsync(this CallInvoker calls, string id) =>
        await new SubjectService.SubjectServiceClient(calls).EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "本人申请" });
}
