using Exchange.Node.Dispatch;
using Exchange.Node.Money;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Cooperation;

/// <summary>What the node offers beside records for the cooperation's own questions.</summary>
internal static class CooperationRegistration
{
    /// <summary>Adds what the services need.</summary>
    public static void AddCooperation(this IServiceCollection services)
    {
        services.AddSingleton<DivisionTree>();
        services.AddSingleton<BatchReconciliation>();
        services.AddSingleton<EligibilityReader>();
        services.AddSingleton<PaymentChecks>();
    }
}
