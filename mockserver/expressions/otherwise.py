"""``began if renewed``: a condition without ``else``, which gives nothing otherwise."""

from __future__ import annotations

import io
import tokenize

ELSE = " else None"
_CLOSERS = frozenset(")]}")
_OPENERS = frozenset("([{")


def with_else(text: str) -> str:
    """``text`` with an ``else`` for each ``if`` that has none; as it is where it cannot be read."""
    if "if" not in text:
        return text  # PERF: most have no condition, and reading tokens takes longer than parsing
    try:
        places = _places(text)
    except (tokenize.TokenError, SyntaxError, IndexError):  # the last: more is closed than was opened
        return text
    for place in reversed(places):
        text = text[:place] + ELSE + text[place:]
    return text


def _places(text: str) -> list[int]:
    """Where an ``else`` is missing."""
    whole = f"({text}\n)"
    starts = [-1]
    for line in io.StringIO(whole):
        starts.append(starts[-1] + len(line))
    found: list[int] = []
    open_ifs, loops = [0], [False]
    end = 0
    for token in tokenize.generate_tokens(io.StringIO(whole).readline):
        begin = starts[token.start[0] - 1] + token.start[1]
        word = token.string
        if word in _OPENERS:
            open_ifs.append(0)
            loops.append(False)
        elif word in _CLOSERS or (word in (",", ":") and token.type == tokenize.OP):
            found += [end] * open_ifs[-1]
            open_ifs[-1] = 0
            if word in _CLOSERS:
                open_ifs.pop()
                loops.pop()
        elif word == "for" and token.type == tokenize.NAME:
            found += [end] * open_ifs[-1]
            open_ifs[-1], loops[-1] = 0, True
        elif word == "if" and token.type == tokenize.NAME:
            open_ifs[-1] += not loops[-1]
        elif word == "else" and token.type == tokenize.NAME:
            open_ifs[-1] -= 1
        if token.type not in (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT):
            end = begin + len(word)
    return found
