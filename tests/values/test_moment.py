"""Moments: whatever date-time the validator takes can be put in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.values.moment import Moment, comparable, order, read_datetime, read_moment

IN_ORDER = [
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "0001-01-01",
    "2016-12-31T23:59:59Z",
    "2016-12-31T23:59:59.9999999999999Z",
    "2016-12-31t18:59:60-05:00",
    "2016-12-31T23:59:60.5z",
    "2017-01-01",
    "2017-01-01T00:00:00.00000000000000001Z",
    "2017-01-01T00:00:00.1Z",
    "9999-12-31T23:59:59-23:59",
]


def test_each_comes_after_the_one_before() -> None:
    moments = [comparable(text) for text in IN_ORDER]
    assert [order(one, other) for one, other in pairwise(moments)] == [-1] * (len(moments) - 1)
    assert order(moments[3], moments[2]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2025-04-18T10:00:00Z", "2025-04-18t12:00:00.000+02:00"),
        ("2025-04-18", "2025-04-18T00:00:00z"),
        ("2025-04-18T10:00:00.5Z", "2025-04-18T10:00:00.500000000000Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T18:59:60-05:00"),
    ],
)
def test_one_moment_is_one_however_it_is_written(one: str, other: str) -> None:
    assert order(comparable(one), comparable(other)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "2025-02-29",
        "2025-04-18T24:00:00Z",
        "2016-12-31T22:59:60Z",
        "20250418",
        "\uff12025-04-18",
        "2025-04-18T",
    ],
)
def test_other_text_has_no_moment(text: str) -> None:
    assert read_moment(text) is None


@given(st.datetimes(timezones=st.sampled_from([UTC])), st.integers(-1439, 1439), st.text("0123456789", max_size=12))
def test_what_the_validator_takes_is_a_moment(at: datetime, minutes: int, digits: str) -> None:
    validator = jsonschema_rs.Draft202012Validator({"format": "date-time"}, validate_formats=True)
    sign = "-" if minutes < 0 else "+"
    fraction = f".{digits}" if digits else ""
    text = f"{at:%Y}".zfill(4) + f"{at:-%m-%dT%H:%M:%S}{fraction}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    assert validator.is_valid(text)
    moment = read_moment(text)
    assert moment is not None
    whole = at.replace(microsecond=0)
    assert moment.second == (whole - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) - minutes * 60


def test_numbers_have_an_order_and_unlike_things_none() -> None:
    assert order(comparable(1), comparable(1.0)) == 0
    assert order(comparable(2**63), comparable(2**63 + 1)) == -1
    assert order(comparable(1), comparable("2025-04-18")) is None
    assert order(comparable(True), comparable(0)) is None


def test_a_datetime_is_what_the_text_tells_or_refused_with_a_reason() -> None:
    assert read_datetime("2025-04-18T12:00:00.25+02:00") == datetime(2025, 4, 18, 10, 0, 0, 250_000, UTC)
    for text in ("2025-04-18T10:00:00.250Z", "2016-12-31T23:59:60.000Z", "9999-12-31T23:59:59.999Z"):
        slowly = read_moment(text)
        assert slowly and read_datetime(text) == slowly.as_datetime(), "written as we write it or not"
    assert Moment(0, is_leap=True).as_datetime().microsecond == 999_999
    for wrong, told in (("9999-12-31T23:59:59-23:59", "years 1 to 9999"), ("soon", "date-time"), (12, "date-time")):
        with pytest.raises(ValueError, match=told):
            read_datetime(wrong)
