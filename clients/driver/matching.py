"""Expected answers against answers, and what the words with a dollar in scenarios mean. README.md there explains them."""


class Mismatch(Exception):
    pass


def expand(value, saved):
    """A value of a step with its dollar words replaced."""
    if isinstance(value, list):
        return [one for item in value for one in _items(item, saved)]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return saved[value["$ref"]]
    if "$repeat" in value:
        text, count = value["$repeat"]
        return text * count
    return {key: expand(item, saved) for key, item in value.items()}


def _items(item, saved):
    if isinstance(item, dict) and "$each" in item:
        first, last = item["$each"]
        return [_numbered(expand(item["item"], saved), number) for number in range(first, last + 1)]
    return [expand(item, saved)]


def _numbered(value, number):
    if isinstance(value, dict):
        return {key: _numbered(item, number) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbered(item, number) for item in value]
    return value.replace("{n}", str(number)) if isinstance(value, str) else value


def match(expected, actual, saved, path="answer"):
    """Compares; fields that aren't expected are ignored. Raises Mismatch with the path."""
    if isinstance(expected, dict) and any(key.startswith("$") for key in expected):
        _match_word(expected, actual, saved, path)
    elif isinstance(expected, dict):
        if not isinstance(actual, dict):
            raise Mismatch(f"{path}: {_short(expected)} was expected, {_short(actual)} came")
        for key, item in expected.items():
            match(item, actual.get(key), saved, f"{path}.{key}")
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            raise Mismatch(f"{path}: {len(expected)} elements were expected, {_short(actual)} came")
        for index, item in enumerate(expected):
            match(item, actual[index], saved, f"{path}[{index}]")
    elif expected != actual:
        raise Mismatch(f"{path}: {_short(expected)} was expected, {_short(actual)} came")


def _match_word(expected, actual, saved, path):
    for word, value in expected.items():
        if word == "$save":
            if actual is None:
                raise Mismatch(f"{path}: something was expected, nothing came")
            saved[value] = actual
        elif word == "$ref":
            match(saved[value], actual, saved, path)
        elif word == "$not":
            if actual == expand(value, saved):
                raise Mismatch(f"{path}: {_short(actual)} came, which it must not be")
        elif word == "$absent":
            if actual is not None:
                raise Mismatch(f"{path}: nothing was expected, {_short(actual)} came")
        elif word == "$contains":
            if value not in (actual or ""):
                raise Mismatch(f"{path}: {_short(value)} isn't in {_short(actual)}")
        elif word == "$count":
            if len(actual or []) != value:
                raise Mismatch(f"{path}: {value} elements were expected, {len(actual or [])} came")
        elif word == "$atLeast":
            if len(actual or []) < value:
                raise Mismatch(f"{path}: at least {value} elements were expected, {len(actual or [])} came")
        elif word == "$all":
            for index, item in enumerate(actual or []):
                match(value, item, saved, f"{path}[{index}]")
        elif word == "$includes":
            for item in value:
                _match_any(item, actual or [], saved, path)
        elif word == "$uniqueValues":
            found = {_at(item, value[0]) for item in actual or []} - {None}
            if len(found) != value[1]:
                raise Mismatch(f"{path}: {value[1]} different {value[0]} were expected, {len(found)} came")
        elif word == "$distinct":
            values = [_at(item, value) for item in actual or []]
            values = [one for one in values if one is not None]
            if len(set(values)) != len(values):
                raise Mismatch(f"{path}: two elements have the same {value}")
        else:
            raise Mismatch(f"{path}: the scenario uses an unknown word {word}")


def _match_any(expected, elements, saved, path):
    for element in elements:
        tried = dict(saved)
        try:
            match(expected, element, tried, path)
        except Mismatch:
            continue
        saved.update(tried)
        return
    raise Mismatch(f"{path}: no element matches {_short(expected)} in {_short(elements)}")


def _at(value, path):
    for name in path.split("."):
        value = (value or {}).get(name)
    return value


def _short(value):
    text = str(value)
    return text if len(text) <= 300 else text[:300] + "..."
