using Exchange.Node.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Exchange.Node.JsonDoor;

/// <summary>
/// Lets pages of declared origins read what the node answers. A browser keeps the answers from all others, and sends
/// neither a token nor JSON for them before it has asked.
/// </summary>
internal sealed class CrossOrigins(IOptions<ListenOptions> listen)
{
    private const string Methods = "GET, POST, PUT, PATCH, DELETE";
    private const string Headers = "authorization, content-type";

    // In seconds; browsers ask again after it.
    private const string Remembered = "600";

    private readonly HashSet<string> _origins = new(listen.Value.Origins, StringComparer.Ordinal);

    /// <summary>A step of the request pipeline, before anybody is asked for a credential.</summary>
    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var (asked, told) = (context.Request.Headers, context.Response.Headers);
        if (StringValues.IsNullOrEmpty(asked.Origin) || !_origins.Contains(asked.Origin.ToString()))
        {
            return next(context);
        }

        told.Vary = HeaderNames.Origin;
        told.AccessControlAllowOrigin = asked.Origin;
        if (!HttpMethods.IsOptions(context.Request.Method)
            || StringValues.IsNullOrEmpty(asked.AccessControlRequestMethod))
        {
            told.AccessControlExposeHeaders = HeaderNames.RetryAfter;
            return next(context);
        }

        // The question that a browser asks beforehand, without the credential.
        told.AccessControlAllowMethods = Methods;
        told.AccessControlAllowHeaders = Headers;
        told.AccessControlMaxAge = Remembered;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
