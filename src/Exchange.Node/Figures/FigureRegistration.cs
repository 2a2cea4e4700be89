using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Figures;

/// <summary>Adds figures and reports to a node.</summary>
internal static class FigureRegistration
{
    /// <summary>Adds what the service needs.</summary>
    public static void AddFigures(this IServiceCollection services)
    {
        services.AddSingleton<FigureBook>();
        services.AddSingleton<FigurePlanner>();
        services.AddSingleton<FigureDesk>();
        services.AddSingleton<TargetBook>();
        services.AddSingleton<PublishedReports>();
        services.AddSingleton<ReportSigning>();
        services.AddSingleton<Completeness>();
    }
}
