using Exchange.Client;
using Exchange.V1;

using var client = ExchangeClient.Connect(
    Environment.GetEnvironmentVariable("EXCHANGE_ADDRESS")!, ConnectOptions.FromEnvironment());
Console.WriteLine((await client.Node.GetNodeAsync(new GetNodeRequest())).Node.Id);
