using System.Globalization;
using Exchange.Node.Records;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Imports.Mapping;

/// <summary>Checks a profile file as a whole and binds it to its kind's message.</summary>
internal sealed class ProfileCompiler
{
    private static readonly RecordKinds Kinds = new();

    private readonly ProfileFile _file;
    private readonly List<string> _errors = [];
    private readonly ProfileColumns _columns;
    private readonly ConditionCompiler _conditions;
    private readonly ReadingCompiler _readings;

    private ProfileCompiler(ProfileFile file)
    {
        _file = file;
        _columns = new ProfileColumns(file);
        _conditions = new ConditionCompiler(_columns, _errors.Add);
        _readings = new ReadingCompiler(_columns, _conditions, _errors.Add);
    }

    /// <summary>Compiles a profile.</summary>
    /// <exception cref="ProfileException">Something is wrong; the exception lists everything.</exception>
    public static MappingProfile Compile(ProfileFile file) => new ProfileCompiler(file).Run();

    private MappingProfile Run()
    {
        Head();
        var kind = Kind();
        var slots = kind is null ? null : new MessageSlots(kind);
        var bindings = kind is null ? [] : Bindings(new FieldPaths(kind, slots!));
        CheckOverlaps(bindings);
        CheckElements(bindings);
        var references = kind is null ? [] : References(kind);
        var key = (_file.Key?.Columns ?? []).Select(_columns.Use).ToList();
        CheckColumnNames();
        if (_errors.Count > 0)
        {
            throw new ProfileException(_file.Name ?? "without a name", _errors);
        }

        return new MappingProfile
        {
            Name = _file.Name!,
            Description = _file.Description!,
            Kind = _file.Kind!,
            Descriptor = kind!,
            Source = _file.Key?.Source,
            KeyColumns = key,
            Columns = _columns.All,
            // Elements of repeated fields are added as they are set, so lower ones must come first.
            Bindings = [.. bindings.OrderBy(binding => binding.Target.Elements, ElementOrder.Instance)],
            References = references,
            Slots = slots!,
            StripPinyin = _file.StripPinyin,
        };
    }

    private void Head()
    {
        UnknownMembers.Report(_file.Unknown, "The profile", _errors.Add);
        if (_file.Key is { } given)
        {
            UnknownMembers.Report(given.Unknown, "The key", _errors.Add);
        }

        if (string.IsNullOrWhiteSpace(_file.Name) || string.IsNullOrWhiteSpace(_file.Description))
        {
            _errors.Add("The profile needs a name and a description.");
        }

        if (_file.Key is { } key && (!IsSource(key.Source) || key.Columns.Count == 0))
        {
            _errors.Add("The key needs a source, 1 to 64 characters of a-z, 0-9 and -, and at least one column.");
        }

        if (_file.Fields.Count == 0)
        {
            _errors.Add("The profile has no fields.");
        }
    }

    private MessageDescriptor? Kind()
    {
        if (_file.Kind is { } name && Kinds.Find(name) is { } kind)
        {
            return kind.Descriptor;
        }

        _errors.Add($"There is no kind '{_file.Kind}'; known are {string.Join(", ", Kinds.All.Select(k => k.Name))}.");
        return null;
    }

    private List<FieldBinding> Bindings(FieldPaths paths)
    {
        var bindings = new List<FieldBinding>();
        foreach (var field in _file.Fields)
        {
            if (paths.Resolve(field.To ?? string.Empty, out var problem) is not { } target)
            {
                _errors.Add($"There is no field '{field.To}': {problem}.");
            }
            else if (bindings.Exists(binding => binding.Target.Path == target.Path))
            {
                _errors.Add($"'{target.Path}' is filled twice: use 'cases' for alternatives.");
            }
            else if (Binding(field, target) is { } binding)
            {
                bindings.Add(binding);
            }
        }

        return bindings;
    }

    private List<ReferenceBinding> References(MessageDescriptor kind)
    {
        var references = new List<ReferenceBinding>();
        foreach (var spec in _file.References)
        {
            UnknownMembers.Report(spec.Unknown, $"The reference '{spec.To}'", _errors.Add);
            if (kind.FindFieldByName(spec.To ?? "") is not { FieldType: FieldType.String, IsRepeated: false } field
                || !field.Name.EndsWith("_id", StringComparison.Ordinal))
            {
                _errors.Add($"The reference '{spec.To}' is no field of {kind.Name} that takes a record's id.");
            }
            else if (spec.Kind is null || Kinds.Find(spec.Kind) is null)
            {
                _errors.Add($"The reference '{spec.To}' needs the kind of the record, not '{spec.Kind}'.");
            }
            else if ((spec.IdNumber is null) == (spec.Key is null)
                || (spec.Key is { } key && (!IsSource(key.Source) || key.Columns.Count == 0)))
            {
                _errors.Add($"The reference '{spec.To}' needs either 'id_number', the column of the ID number by which "
                    + "the record is found, or 'key' with a source and columns.");
            }
            else
            {
                references.Add(new ReferenceBinding(
                    field.Name,
                    spec.Kind,
                    spec.IdNumber is { } column ? _columns.Use(column) : null,
                    spec.Key?.Source,
                    [.. (spec.Key?.Columns ?? []).Select(_columns.Use)]));
            }
        }

        return references;
    }

    private FieldBinding? Binding(FieldSpec field, FieldTarget target)
    {
        if (field.Required && field.RequiredWhen.Count > 0)
        {
            _errors.Add($"'{target.Path}' is required at all times: leave 'required_when' out.");
        }

        var outer = _conditions.Compile(field.When, target.Path);
        var needed = field.Required ? [] : _conditions.Compile(field.RequiredWhen, target.Path);
        var required = field.Required || needed.Count > 0;
        if (field.Cases.Count == 0)
        {
            return _readings.Compile(field, target, []) is { } single
                ? new FieldBinding(target, required, needed, outer, [single])
                : null;
        }

        if (field.Read is not null || field.Constant is not null || field.Column is not null)
        {
            _errors.Add($"'{target.Path}' has 'cases' and must not have a reading of its own.");
        }

        var cases = field.Cases
            .Select(spec => _readings.Compile(spec, target, _conditions.Compile(spec.When, target.Path)))
            .OfType<Reading>()
            .ToList();
        return cases.Count == field.Cases.Count ? new FieldBinding(target, required, needed, outer, cases) : null;
    }

    /// <summary>A message that is set as a whole would wipe out the fields that are set inside it.</summary>
    private void CheckOverlaps(List<FieldBinding> bindings)
    {
        foreach (var whole in bindings.Select(binding => binding.Target.Path))
        {
            foreach (var part in bindings.Select(binding => binding.Target.Path)
                .Where(path => path.StartsWith(whole + ".", StringComparison.Ordinal)))
            {
                _errors.Add($"'{part}' lies within '{whole}', which is filled as a whole.");
            }
        }
    }

    /// <summary>Elements of a repeated field are numbered from 0 without gaps.</summary>
    private void CheckElements(List<FieldBinding> bindings)
    {
        var used = new SortedDictionary<string, SortedSet<int>>(StringComparer.Ordinal);
        foreach (var path in bindings.Select(binding => binding.Target.Path))
        {
            for (var open = path.IndexOf('['); open >= 0; open = path.IndexOf('[', open + 1))
            {
                var element = path[(open + 1)..path.IndexOf(']', open)];
                var list = used.TryGetValue(path[..open], out var known) ? known : used[path[..open]] = [];
                list.Add(int.Parse(element, CultureInfo.InvariantCulture));
            }
        }

        foreach (var (path, elements) in used.Where(list => list.Value.Max != list.Value.Count - 1))
        {
            _errors.Add($"The elements of '{path}' must be numbered from 0 without gaps.");
        }
    }

    private void CheckColumnNames()
    {
        var named = _columns.All.Select(column => column.Name).ToHashSet();
        foreach (var name in _file.BlankIn.Keys.Concat(_file.OptionalColumns).Except(named))
        {
            _errors.Add($"'{name}' stands in blank_in or optional_columns, but no field reads it.");
        }

        foreach (var name in named.Where(name => name.StartsWith('_')))
        {
            _errors.Add($"The column '{name}' can't be read: names with _ belong to rejects files.");
        }
    }

    private static bool IsSource(string? source) =>
        source is { Length: >= 1 and <= 64 } && source.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <summary>Orders paths by the elements along them.</summary>
    private sealed class ElementOrder : IComparer<IReadOnlyList<int>>
    {
        public static readonly ElementOrder Instance = new();

        public int Compare(IReadOnlyList<int>? x, IReadOnlyList<int>? y)
        {
            for (var i = 0; i < Math.Min(x!.Count, y!.Count); i++)
            {
                if (x[i] != y[i])
                {
                    return x[i].CompareTo(y[i]);
                }
            }

            return x.Count.CompareTo(y.Count);
        }
    }
}
