using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using Xunit;

namespace Exchange.Standins.Tests;

/// <summary>Looks up all that compiled code expects, also what no call of the other tests comes across.</summary>
public sealed class BindingTests
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Stands for every type parameter; a class, because the gRPC types ask for one.</summary>
    private static readonly Type[] Arguments = [.. Enumerable.Repeat(typeof(string), 8)];

    public static TheoryData<string> Bound => new(Assemblies.Keys);

    private static Dictionary<string, Assembly> Assemblies { get; } = new()
    {
        ["server"] = typeof(GrpcServiceOptions).Assembly,
        ["client"] = typeof(GrpcChannel).Assembly,
        ["generated code"] = typeof(BindingTests).Assembly,
    };

    [Theory]
    [MemberData(nameof(Bound))]
    public void Every_type_loads_and_its_overrides_override_something(string name)
    {
        // An override whose base has gone isn't an error to the runtime: it is just never called.
        var lost = Assemblies[name].GetTypes()
            .SelectMany(type => type.GetMethods(Own))
            .Where(method => method.IsVirtual && !method.Attributes.HasFlag(MethodAttributes.NewSlot))
            .Where(method => method.GetBaseDefinition().DeclaringType == method.DeclaringType);

        Assert.Empty(lost);
    }

    [Theory]
    [MemberData(nameof(Bound))]
    public void Every_type_that_is_bound_to_exists(string name)
    {
        var types = Read(name, reader => reader.TypeReferences.Select(type => MetadataTokens.GetToken(type)));

        Assert.NotEmpty(types);
        Assert.All(types, type => Assemblies[name].ManifestModule.ResolveType(type));
    }

    [Theory]
    [MemberData(nameof(Bound))]
    public void Every_member_that_is_bound_to_exists(string name)
    {
        var members = Read(name, reader => reader.MemberReferences.Select(member => MetadataTokens.GetToken(member)));

        Assert.NotEmpty(members);
        Assert.Empty(members.Select(member => Missing(Assemblies[name].ManifestModule, member)).OfType<string>());
    }

    [Theory]
    [InlineData(typeof(Metadata), "Grpc.Core.Api")]
    [InlineData(typeof(ICompressionProvider), "Grpc.Net.Common")]
    public void The_assemblies_have_the_identity_that_is_bound_to(Type type, string name) =>
        Assert.Equal(
            $"{name}, Version=2.0.0.0, Culture=neutral, PublicKeyToken=d754f35622e28bad", type.Assembly.FullName);

    private static int[] Read(string name, Func<MetadataReader, IEnumerable<int>> tokens)
    {
        using var file = File.OpenRead(Assemblies[name].Location);
        using var image = new PEReader(file);
        return [.. tokens(image.GetMetadataReader())];
    }

    private static string? Missing(Module module, int member)
    {
        try
        {
            module.ResolveMember(member, Arguments, Arguments);
            return null;
        }
        catch (MissingMemberException error)
        {
            return error.Message;
        }
        catch (TypeLoadException)
        {
            // A few types ask more of a type parameter than string gives. All types are looked up above.
            return null;
        }
    }
}
