using Grpc.Core;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class MetadataTests
{
    [Fact]
    public void Keys_are_turned_into_lower_case() =>
        Assert.Equal("x-request.id_1", new Metadata.Entry("X-Request.ID_1", "7").Key);

    [Theory]
    [InlineData("two words")]
    [InlineData("key:")]
    [InlineData("schlüssel")]
    [InlineData("键")]
    public void A_key_with_other_characters_is_refused(string key)
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key + "-bin", [1]));
    }

    [Fact]
    public void Bytes_need_a_key_that_ends_in_bin() =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("details", [1]));

    [Theory]
    [InlineData("details-bin")]
    [InlineData("DETAILS-BIN")]
    public void A_text_must_not_have_a_key_that_ends_in_bin(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "text"));

    [Fact]
    public void Null_is_refused_as_key_and_as_value()
    {
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry(null!, "text"));
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry("key", (string)null!));
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry("key-bin", (byte[])null!));
    }

    [Fact]
    public void A_text_is_also_readable_as_bytes()
    {
        var entry = new Metadata.Entry("key", "abc");

        Assert.False(entry.IsBinary);
        Assert.Equal("abc", entry.Value);
        Assert.Equal("abc"u8.ToArray(), entry.ValueBytes);
    }

    [Fact]
    public void Bytes_are_not_readable_as_a_text()
    {
        var entry = new Metadata.Entry("key-bin", [0, 255]);

        Assert.True(entry.IsBinary);
        Assert.Equal([0, 255], entry.ValueBytes);
        Assert.Throws<InvalidOperationException>(() => entry.Value);
    }

    [Fact]
    public void Bytes_are_copied_on_the_way_in_and_on_the_way_out()
    {
        byte[] bytes = [1, 2];
        var entry = new Metadata.Entry("key-bin", bytes);

        bytes[0] = 9;
        entry.ValueBytes[1] = 9;

        Assert.Equal([1, 2], entry.ValueBytes);
    }

    [Fact]
    public void An_entry_prints_its_key_and_its_text() =>
        Assert.Equal("[Entry: key=key, value=text]", new Metadata.Entry("Key", "text").ToString());

    [Fact]
    public void The_empty_metadata_can_not_be_changed()
    {
        var entry = new Metadata.Entry("key", "text");

        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "text"));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key-bin", [1]));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add(entry));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Insert(0, entry));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Remove(entry));
        Assert.Throws<InvalidOperationException>(Metadata.Empty.Clear);
        Assert.Empty(Metadata.Empty);
    }

    [Fact]
    public void New_metadata_can_be_changed()
    {
        Metadata.Entry first = new("a", "1"), second = new("b", "2");
        var metadata = new Metadata { second };

        metadata.Insert(0, first);
        Assert.False(metadata.IsReadOnly);
        Assert.Equal([first, second], metadata);
        Assert.Equal(1, metadata.IndexOf(second));

        Assert.True(metadata.Remove(first));
        Assert.DoesNotContain(first, metadata);
        metadata.Clear();
        Assert.Empty(metadata);
    }

    [Fact]
    public void The_last_entry_of_a_key_is_found_and_all_of_them_in_order()
    {
        var metadata = new Metadata { { "Key", "1" }, { "other", "2" }, { "key", "3" }, { "key-bin", [4] } };

        Assert.Equal("3", metadata.GetValue("key"));
        Assert.Equal([4], metadata.GetValueBytes("key-bin"));
        Assert.Equal(["1", "3"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.Null(metadata.Get("absent"));
        Assert.Null(metadata.GetValue("absent"));
    }
}
