using Xunit;

namespace Exchange.Node.Tests.Attacks;

[CollectionDefinition(AttackTests.Alone, DisableParallelization = true)]
public sealed class AttackAlone;
