using Exchange.Node.Audit;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Exchange.Node.Trust;

/// <summary>The node's keys, over gRPC, for admins.</summary>
internal sealed class KeyService(DataKeys keys, KeyRotation rotation, AuditTrail trail)
    : V1.KeyService.KeyServiceBase
{
    public override async Task<GetKeyStatusResponse> GetKeyStatus(
        GetKeyStatusRequest request, ServerCallContext context)
    {
        var state = await rotation.StateAsync(context.CancellationToken);
        var response = new GetKeyStatusResponse
        {
            DestroyedCount = await keys.Store.LastDestroyedAsync(context.CancellationToken),
            Rotation = state is null ? null : ToMessage(state),
        };
        response.Masters.AddRange(keys.Store.Masters.Versions.Select(master => new MasterKeyVersion
        {
            Version = master.Version,
            Suite = MasterKeys.Suite,
            CreatedTime = master.Created.ToTimestamp(),
        }));
        return response;
    }

    public override async Task<RotateKeysResponse> RotateKeys(RotateKeysRequest request, ServerCallContext context)
    {
        var state = await rotation.BeginAsync(request.WithPayloads, context.CancellationToken);
        var begun = new AuditDraft(trail.Context, AuditAction.KeysRotated)
        {
            Outcome = AuditOutcome.Begun,
            Detail = state.WithPayloads ? $"master {state.Master}, payloads" : $"master {state.Master}",
        };
        await trail.WriteAsync(begun, CancellationToken.None);
        return new RotateKeysResponse { Rotation = ToMessage(state) };
    }

    private static V1.KeyRotation ToMessage(RotationState state) => new()
    {
        MasterVersion = state.Master,
        Step = state.Step switch
        {
            RotationStep.Wrap => KeyRotationStep.Wrap,
            RotationStep.Renew => KeyRotationStep.Renew,
            RotationStep.Records => KeyRotationStep.Records,
            RotationStep.Entries => KeyRotationStep.Entries,
            _ => KeyRotationStep.Done,
        },
        WithPayloads = state.WithPayloads,
        WrappedCount = (ulong)state.Wrapped,
        RenewedCount = (ulong)state.Renewed,
        SealedCount = (ulong)state.Sealed,
        StartTime = state.Started.ToTimestamp(),
        EndTime = state.Ended?.ToTimestamp(),
    };
}
