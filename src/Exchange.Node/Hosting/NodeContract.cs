using Exchange.V1;
using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using Grpc.Reflection.V1;

namespace Exchange.Node.Hosting;

/// <summary>The services that a node offers, as their descriptors tell them.</summary>
internal static class NodeContract
{
    /// <summary>The files that declare the node's services.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } =
    [
        RecordServiceReflection.Descriptor,
        VacancyServiceReflection.Descriptor,
        PlacementServiceReflection.Descriptor,
        SubjectServiceReflection.Descriptor,
        QuarantineServiceReflection.Descriptor,
        DisclosureServiceReflection.Descriptor,
        PersonMatchServiceReflection.Descriptor,
        AuditServiceReflection.Descriptor,
        SyncServiceReflection.Descriptor,
        AgreementServiceReflection.Descriptor,
        ReportServiceReflection.Descriptor,
        FigureServiceReflection.Descriptor,
        MatchingServiceReflection.Descriptor,
        MessageServiceReflection.Descriptor,
        PublicServiceReflection.Descriptor,
        DivisionServiceReflection.Descriptor,
        DispatchServiceReflection.Descriptor,
        SubsidyServiceReflection.Descriptor,
        BundleServiceReflection.Descriptor,
        OutageServiceReflection.Descriptor,
        ReviewServiceReflection.Descriptor,
        AccessServiceReflection.Descriptor,
        KeyServiceReflection.Descriptor,
        NodeServiceReflection.Descriptor,
        PeerServiceReflection.Descriptor,
        HealthReflection.Descriptor,
        ReflectionReflection.Descriptor,
    ];

    /// <summary>Full names, such as <c>exchange.v1.SyncService</c>, in ordinal order.</summary>
    public static IReadOnlyList<string> ServiceNames { get; } =
        [.. Files.SelectMany(file => file.Services).Select(service => service.FullName).Order(StringComparer.Ordinal)];
}
