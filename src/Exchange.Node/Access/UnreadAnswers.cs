using Microsoft.AspNetCore.Http;

namespace Exchange.Node.Access;

/// <summary>
/// Keeps a call among those that its caller has open until its answer has left. gRPC hands a whole answer to the server
/// and is done, whether the other end reads or not: a caller that asks and never reads would make the node hold as many
/// answers as it has streams, of megabytes each.
/// </summary>
internal static class UnreadAnswers
{
    // What so many streams as there may be can hold without hurting anybody; waiting costs a write of its own.
    private const long Small = 4 << 10;

    /// <summary>A step of the request pipeline, right behind the limits.</summary>
    public static async Task WaitAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.BodyWriter is { CanGetUnflushedBytes: true, UnflushedBytes: > Small } answer)
        {
            await answer.FlushAsync(context.RequestAborted);
        }
    }
}
