using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Vacancies;

/// <summary>Decides which vacancies a filter means.</summary>
internal sealed class VacancyMatcher
{
    private readonly VacancyFilter _filter;
    private readonly string _text;
    private readonly Func<string, string> _shown;

    /// <summary>Reads a filter.</summary>
    /// <param name="filter">Which are meant; null for all.</param>
    /// <param name="shown">
    /// What the asker sees of a text, and may find it by: what is masked mustn't be guessed digit by digit. Null for
    /// the whole text.
    /// </param>
    /// <exception cref="ExchangeException">The filter contradicts itself or has values out of range.</exception>
    public VacancyMatcher(VacancyFilter? filter, Func<string, string>? shown = null)
    {
        _shown = shown ?? (text => text);
        _filter = filter ?? new VacancyFilter();
        _text = ComparedText.Of(_filter.Text);
        var violations = Check(_filter).ToList();
        if (violations.Count > 0)
        {
            throw ExchangeException.Invalid(violations);
        }
    }

    /// <summary>The narrowest read that finds all matches.</summary>
    public RecordQuery Query() => _filter switch
    {
        { EmployerId.Length: > 0 } => new RecordQuery(VacancyKind.KindName)
        {
            Index = VacancyKind.EmployerIndex,
            Value = _filter.EmployerId,
        },
        { DivisionCode.Length: > 0 } => new RecordQuery(VacancyKind.KindName)
        {
            Index = IndexNames.Division,
            Value = _filter.DivisionCode,
            IsPrefix = true,
        },
        _ => new RecordQuery(VacancyKind.KindName),
    };

    public bool Matches(VacancyRecord record)
    {
        var vacancy = record.Vacancy;
        return (_filter.Statuses.Count == 0 || _filter.Statuses.Contains(vacancy.Status))
            && Begins(vacancy.WorkPlace?.DivisionCode, _filter.DivisionCode)
            && Begins(vacancy.Occupation?.Code, _filter.OccupationCode)
            && (_filter.EmployerId.Length == 0 || vacancy.EmployerId == _filter.EmployerId)
            && (_filter.HomeNode.Length == 0 || record.HomeNode == _filter.HomeNode)
            && (_filter.Source.Length == 0 || record.ExternalKey?.Source == _filter.Source)
            && (_filter.ReservedGroup == ReservedGroup.Unspecified
                || vacancy.ReservedPosts.Any(posts => posts.Group == _filter.ReservedGroup))
            && PaysEnough(vacancy.Pay)
            && HasText(vacancy);
    }

    /// <summary>
    /// Whether an earlier version with these keys may have matched. Only declared keys are known of it, so it may be
    /// true for
    /// one that didn't; never false for one that did.
    /// </summary>
    public bool MayHaveMatched(IReadOnlyList<IndexKey> previousKeys)
    {
        foreach (var key in previousKeys)
        {
            if ((key.Name == IndexNames.Division && !Begins(key.Value, _filter.DivisionCode))
                || (key.Name == VacancyKind.EmployerIndex
                    && _filter.EmployerId.Length > 0 && key.Value != _filter.EmployerId))
            {
                return false;
            }
        }

        return previousKeys.Count > 0;
    }

    private bool PaysEnough(PayRange? pay) =>
        _filter.MinPayMinor == 0
        || (pay is not null
            && pay.Currency == _filter.PayCurrency
            && pay.Unit == _filter.PayUnit
            && Math.Max(pay.MaxMinor, pay.MinMinor) >= _filter.MinPayMinor);

    private bool HasText(Vacancy vacancy) =>
        _text.Length == 0
        || Contains(vacancy.Title)
        || Contains(vacancy.EmployerName)
        || Contains(vacancy.Occupation?.Words);

    private bool Contains(string? text) =>
        text is not null && ComparedText.Of(_shown(text)).Contains(_text, StringComparison.Ordinal);

    private static bool Begins(string? value, string prefix) =>
        prefix.Length == 0 || value?.StartsWith(prefix, StringComparison.Ordinal) == true;

    private static IEnumerable<FieldViolation> Check(VacancyFilter filter)
    {
        if (filter.MinPayMinor < 0)
        {
            yield return new FieldViolation("filter.min_pay_minor", "It can't be negative.");
        }

        if (filter.MinPayMinor > 0 && (filter.PayCurrency.Length == 0 || filter.PayUnit == PayUnit.Unspecified))
        {
            yield return new FieldViolation("filter.min_pay_minor", "It needs pay_currency and pay_unit.");
        }

        if (filter.Text.Length > 100)
        {
            yield return new FieldViolation("filter.text", "It can have at most 100 characters.");
        }

        if (filter.Statuses.Any(status => !Enum.IsDefined(status) || status == VacancyStatus.Unspecified))
        {
            yield return new FieldViolation("filter.statuses", "Name known statuses only.");
        }
    }
}
