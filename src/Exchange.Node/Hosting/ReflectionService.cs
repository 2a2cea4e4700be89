using Exchange.Node.Errors;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace Exchange.Node.Hosting;

/// <summary>The standard reflection service, answered from the descriptors that the code was generated with.</summary>
internal sealed class ReflectionService(NodeLifetime lifetime) : ServerReflection.ServerReflectionBase
{
    private static readonly Dictionary<string, FileDescriptor> FilesByName = AllFiles();
    private static readonly Dictionary<string, FileDescriptor> FilesBySymbol = AllSymbols();

    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        await foreach (var request in lifetime.ReadAllAsync(requestStream, context.CancellationToken))
        {
            await responseStream.WriteAsync(Answer(request), context.CancellationToken);
        }
    }

    private static ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                response.ListServicesResponse.Service.AddRange(
                    NodeContract.ServiceNames.Select(name => new ServiceResponse { Name = name }));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                AddFile(response, FilesByName.GetValueOrDefault(request.FileByFilename));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                var symbol = request.FileContainingSymbol;
                AddFile(response, FilesBySymbol.GetValueOrDefault(symbol));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType
                when FilesBySymbol.ContainsKey(request.AllExtensionNumbersOfType):
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse
                {
                    BaseTypeName = request.AllExtensionNumbersOfType,
                };
                break;
            default:
                response.ErrorResponse = NotFound("The contract has no extensions and nothing of that name.");
                break;
        }

        return response;
    }

    private static void AddFile(ServerReflectionResponse response, FileDescriptor? file)
    {
        if (file is null)
        {
            response.ErrorResponse = NotFound("The contract has nothing of that name.");
            return;
        }

        var files = new List<FileDescriptor>();
        Collect(file, files);
        files.Reverse(); // What was asked for stands first, and each file before what it imports.
        response.FileDescriptorResponse = new FileDescriptorResponse();
        response.FileDescriptorResponse.FileDescriptorProto.AddRange(files.Select(f => f.SerializedData));
    }

    private static void Collect(FileDescriptor file, List<FileDescriptor> files)
    {
        if (files.Contains(file))
        {
            return;
        }

        foreach (var dependency in file.Dependencies)
        {
            Collect(dependency, files);
        }

        files.Add(file);
    }

    private static ErrorResponse NotFound(string message) =>
        new()
        {
            ErrorCode = (int)StatusCode.NotFound,
            ErrorMessage = ErrorText.Short(message, ErrorText.MessageBytes),
        };

    private static Dictionary<string, FileDescriptor> AllFiles()
    {
        var files = new List<FileDescriptor>();
        foreach (var file in NodeContract.Files)
        {
            Collect(file, files);
        }

        return files.ToDictionary(file => file.Name);
    }

    private static Dictionary<string, FileDescriptor> AllSymbols()
    {
        var symbols = new Dictionary<string, FileDescriptor>();
        foreach (var file in FilesByName.Values)
        {
            foreach (var service in file.Services)
            {
                symbols[service.FullName] = file;
                foreach (var method in service.Methods)
                {
                    symbols[method.FullName] = file;
                }
            }

            foreach (var message in file.MessageTypes)
            {
                AddMessage(message, file, symbols);
            }

            foreach (var type in file.EnumTypes)
            {
                symbols[type.FullName] = file;
            }
        }

        return symbols;
    }

    private static void AddMessage(
        MessageDescriptor message, FileDescriptor file, Dictionary<string, FileDescriptor> symbols)
    {
        symbols[message.FullName] = file;
        foreach (var nested in message.NestedTypes)
        {
            AddMessage(nested, file, symbols);
        }

        foreach (var type in message.EnumTypes)
        {
            symbols[type.FullName] = file;
        }
    }
}
