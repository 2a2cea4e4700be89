using Exchange.Node.Errors;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Access;

/// <summary>Credentials of local systems, over gRPC.</summary>
internal sealed class AccessService(CredentialBook book, CredentialDraft draft) : V1.AccessService.AccessServiceBase
{
    public override async Task<CreateCredentialResponse> CreateCredential(
        CreateCredentialRequest request, ServerCallContext context)
    {
        var told = draft.Read(request);
        var response = new CreateCredentialResponse { Credential = told };
        ReadOnlyMemory<byte> hash = told.KeyFingerprint.Memory;
        if (hash.IsEmpty)
        {
            response.Token = AccessToken.New();
            hash = AccessToken.Hash(response.Token);
        }

        await book.AddAsync(new HeldCredential(told.Clone(), hash), context.CancellationToken);
        return response;
    }

    public override async Task<ListCredentialsResponse> ListCredentials(
        ListCredentialsRequest request, ServerCallContext context) => new()
        {
            Credentials = { await book.AllAsync(request.IncludeEnded, context.CancellationToken) },
        };

    public override async Task<RevokeCredentialResponse> RevokeCredential(
        RevokeCredentialRequest request, ServerCallContext context) => request.Name.Length == 0
        ? throw ExchangeException.Invalid("name", "Name the credential to revoke.")
        : new RevokeCredentialResponse { Credential = await book.RevokeAsync(request.Name, context.CancellationToken) };
}
