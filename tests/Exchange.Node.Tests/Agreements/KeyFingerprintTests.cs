using Exchange.Node.Agreements;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

/// <summary>What two offices read to each other.</summary>
public sealed class KeyFingerprintTests
{
    // SHA-256 of "abc" begins with ba7816bf 8f01cfea 414140de 5dae2223.
    private const string OfAbc = "47736-05823-36609-53226-16705-16606-23982-08739";

    [Fact]
    public void It_is_the_first_16_bytes_of_the_hash_in_groups_of_5_digits() =>
        Assert.Equal(OfAbc, KeyFingerprint.Of("abc"u8));

    [Theory]
    [InlineData("47736 05823 36609 53226 16705 16606 23982 08739", true)]
    [InlineData("4773605823366095322616705166062398208739", true)]
    [InlineData("47736-05823-36609-53226-16705-16606-23982-08738", false)]
    [InlineData("47736-05823", false)]
    [InlineData("", false)]
    public void Only_its_digits_count(string typed, bool expected) =>
        Assert.Equal(expected, KeyFingerprint.IsOf(typed, "abc"u8));
}
