using Xunit;

namespace Exchange.Node.Tests.Imports;

[CollectionDefinition(CsvMemoryTests.Alone, DisableParallelization = true)]
public sealed class CsvMemoryAlone;
