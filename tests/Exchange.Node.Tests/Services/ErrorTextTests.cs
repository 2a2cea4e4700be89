using System.Text;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Rpc;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Services;

/// <summary>Errors fit into the headers that clients take, whatever was sent.</summary>
public sealed class ErrorTextTests
{
    /// <summary>What gRPC's C core takes of metadata unless told otherwise.</summary>
    private const int ClientsTake = 8 << 10;

    [Theory]
    [InlineData("x")]
    [InlineData("王")]
    [InlineData("𠮷")]
    public void An_error_of_any_length_fits_into_the_headers_of_a_client(string character)
    {
        var giant = string.Concat(Enumerable.Repeat(character, 100_000));
        var violations = Enumerable.Range(0, 1_000).Select(i => new FieldViolation($"items[{i}].{giant}", giant)).ToList();

        foreach (var error in new[]
        {
            ExchangeException.Invalid(violations),
            new ExchangeException(StatusCode.NotFound, ErrorReason.RecordNotFound, giant, ("kind", giant), ("id", giant)),
        })
        {
            var told = ErrorStatus.ToRpc(error);

            var headers = Uri.EscapeDataString(told.Status.Detail).Length
                + Convert.ToBase64String(told.Trailers.GetValueBytes(ErrorStatus.DetailsTrailer)!).Length;
            Assert.InRange(headers, 100, ClientsTake - 200);
        }
    }

    [Fact]
    public void The_first_bad_fields_are_named_and_each_is_whole()
    {
        var violations = Enumerable.Range(0, 1_000).Select(i => new FieldViolation($"items[{i}]", "It must be set.")).ToList();

        var bad = ErrorStatus.ToStatus(ExchangeException.Invalid(violations)).Details[1].Unpack<BadRequest>();

        Assert.InRange(bad.FieldViolations.Count, 30, 100);
        Assert.All(
            bad.FieldViolations,
            (told, i) => Assert.Equal(($"items[{i}]", "It must be set."), (told.Field, told.Description)));
    }

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcdef", 5, "ab...")]
    [InlineData("王小明们", 9, "王小...")]
    [InlineData("a𠮷𠮷", 8, "a𠮷...")]
    public void A_text_is_cut_between_characters(string text, int bytes, string cut)
    {
        Assert.Equal(cut, ErrorText.Short(text, bytes));
        Assert.InRange(Encoding.UTF8.GetByteCount(ErrorText.Short(text, bytes)), 0, bytes);
    }
}
