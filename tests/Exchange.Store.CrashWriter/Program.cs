using System.Globalization;
using Exchange.Store.CrashWriter;

// The program that the durability tests kill, trace and starve of disk space; it isn't for people.
switch (args)
{
    case ["write", var directory, var engine, var writers, var commits]:
        await WriteMode.RunAsync(directory, engine, Number(writers), Number(commits));
        return 0;

    case ["fill", var directory, var engine, var ballast]:
        await FillMode.RunAsync(directory, engine, ballast);
        return 0;

    default:
        Console.Error.WriteLine("Usage: write DIRECTORY ENGINE WRITERS COMMITS | fill DIRECTORY ENGINE BALLAST-FILE");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
