using Exchange.Harness;
using Exchange.Harness.Nodes;
using Exchange.Store;

// The same program is the harness and each of its nodes: a node is `exchange` with a clock that the harness may set wrong.
if (args is ["serve" or "clock", ..])
{
    return await NodeProgram.RunAsync(args);
}

if (args is ["commands"])
{
    return await CommandHost.RunAsync();
}

if (HarnessOptions.Read(args) is not { } options)
{
    Console.Error.WriteLine(HarnessOptions.Usage);
    return 2;
}

var failed = 0;
foreach (var engine in options.Engine is { } chosen ? [chosen] : RecordStores.Engines)
{
    var report = await HarnessRun.RunAsync(options, engine);
    report.Print(Console.Out);
    failed += report.Findings.Count;
}

return failed == 0 ? 0 : 1;
