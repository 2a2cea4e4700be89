namespace Exchange.Node.Records;

/// <summary>Turns an ID number into a token that only this node can compute: the blind index of persons.</summary>
internal interface IPersonTokens
{
    /// <summary>
    /// Returns the token of a normalised ID number (18 characters, upper-case X), never the number itself.
    /// </summary>
    string Token(string normalisedIdNumber);
}
