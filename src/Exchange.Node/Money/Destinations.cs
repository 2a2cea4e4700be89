using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Money;

/// <summary>Where work is, seen from where somebody is registered: told by codes alone, never by words.</summary>
internal static class Destinations
{
    private const int County = 6;
    private const int Prefecture = 4;
    private const int Province = 2;

    /// <summary>The class of a work place; not stated when the codes don't tell.</summary>
    public static DestinationClass Of(string homeCode, string workCode)
    {
        if (!Divisions.TryNormalise(homeCode, out var home) || !Divisions.TryNormalise(workCode, out var work))
        {
            return DestinationClass.Unspecified;
        }

        (home, work) = (Present(home), Present(work));
        return (work[..Province], home[..Province]) switch
        {
            // Taiwan, Hong Kong and Macao are counted abroad, as the forms have it.
            ("71" or "81" or "82", _) => DestinationClass.Abroad,
            var (there, here) when there != here => DestinationClass.OutOfProvince,
            _ when Differ(home, work, Prefecture) || Differ(home, work, County) => DestinationClass.InProvince,
            _ when home.Length >= County && work.Length >= County => DestinationClass.InCounty,
            _ => DestinationClass.Unspecified,
        };
    }

    private static bool Differ(string one, string other, int length) =>
        one.Length >= length && other.Length >= length && one[..length] != other[..length];

    /// <summary>What has the place of a normalised code today: one may be written that ended long ago.</summary>
    public static string Present(string code)
    {
        while (code.Length >= County && DivisionHistory.Of(code[..County]).FirstOrDefault() is { } ended)
        {
            code = ended.SuccessorCodes[0] + code[County..];
        }

        return code;
    }
}
