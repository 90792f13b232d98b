"""The command line of curl: every word as a shell takes it, and a variable where a secret was."""

from __future__ import annotations

import shlex

from mockserver.values.curl import CurlHeader, curl_command


def test_a_shell_takes_each_word_as_it_is() -> None:
    text = curl_command("http://m/a?b='c'&d=$e", "PATCH", [CurlHeader("X-A", "it's `$x`")], '{"a": "\'"}')
    words = [
        "curl",
        "-i",
        "-X",
        "PATCH",
        "http://m/a?b='c'&d=$e",
        "-H",
        "X-A: it's `$x`",
        "--data-binary",
        '{"a": "\'"}',
    ]
    assert shlex.split(text) == words


def test_a_variable_is_for_the_shell_to_fill_in() -> None:
    header = CurlHeader("Authorization", 'Be"ar`er $TOKEN', is_filled_in=True)
    assert curl_command("http://m/", headers=[header], options=()) == (
        'curl http://m/ -H "Authorization: Be\\"ar\\`er $TOKEN"'
    )


def test_the_head_alone_is_not_waited_for() -> None:
    assert curl_command("http://m/", "HEAD") == "curl -i --head http://m/"


def test_each_header_may_stand_on_its_own_line() -> None:
    text = curl_command("http://m/", headers=[CurlHeader("A", "1"), CurlHeader("B", "2")], on_lines=True)
    assert text.splitlines() == ["curl -i http://m/ \\", "  -H 'A: 1' \\", "  -H 'B: 2'"]
