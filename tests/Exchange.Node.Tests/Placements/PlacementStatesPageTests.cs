using Exchange.Node.Placements;
using Exchange.Node.Tests.Architecture;
using Xunit;

namespace Exchange.Node.Tests.Placements;

public sealed class PlacementStatesPageTests
{
    [Fact]
    public void The_page_of_placement_states_is_the_one_that_the_code_writes()
    {
        Assert.Equal(PlacementStatesPage.Render(), SourceTree.Text("docs/reference/placement-states.md"));
    }
}
