using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Bundles;

/// <summary>Adds bundles to a node. The host maps <see cref="BundleService"/>.</summary>
internal static class BundleRegistration
{
    /// <summary>Needs both halves of sync.</summary>
    public static IServiceCollection AddBundles(this IServiceCollection services) => services
        .AddSingleton<BundleNumbers>()
        .AddSingleton<BundleSpool>()
        .AddSingleton<BundleDesk>()
        .AddSingleton<BundleExport>()
        .AddSingleton<BundleImport>()
        .AddSingleton<BundleAnswers>();
}
