using Exchange.Node.Trust;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Subjects;

/// <summary>Adds what answers persons' requests, and what keeps their keys in step with their records.</summary>
internal static class SubjectRegistration
{
    public static void AddSubjectOptions(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RetentionOptions>, RetentionOptionsValidator>();
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateOnStart();
    }

    /// <summary>Needs the store, its keys, the kinds and the disclosures.</summary>
    public static void AddSubjects(this IServiceCollection services)
    {
        services.AddSingleton<SubjectRecords>();
        services.AddSingleton<SealedEntries>();
        services.AddSingleton<KeyRetirements>();
        services.AddSingleton<ErasedBefore>();
        services.AddHostedService(provider => provider.GetRequiredService<ErasedBefore>());
        services.AddSingleton<KeyRotation>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRotation>());
        services.AddSingleton<Retention>();
        services.AddSingleton<SubjectErasure>();
        services.AddSingleton<RetentionEnd>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionEnd>());
        services.AddSingleton<SubjectRestriction>();
        services.AddSingleton<SubjectAccess>();
        services.AddSingleton<SubjectCorrection>();
        services.AddSingleton<Erasures>();
    }
}
