"""What documents call the members of an error's body, and which of their codes and states mean which refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from mockserver.values.name_words import flat, words_of

_TEXTS = (
    "message", "detail", "errormessage", "errordescription", "msg", "errmsg", "description", "reason", "title", "error",
    "details", "text", "developermessage", "usermessage",
)  # fmt: skip
"""What members are called where a person looks for what is wrong, the likeliest first."""
STATUSES = frozenset({"status", "statuscode", "httpstatus", "httpstatuscode", "httpcode"})
CODES = frozenset({"code", "errorcode", "type", "errortype", "rule", "keyword", "reasoncode", "errcode", "key", "id",
                   "constraint", "kind", "category"})  # fmt: skip
TITLES = frozenset({"title", "error", "reason", "statustext", "statusmessage", "reasonphrase", "name", "summary",
                    "label", "header"})  # fmt: skip
PLACES = frozenset(
    {"loc", "path", "field", "fieldname", "fieldpath", "param", "parameter", "property", "propertypath", "propertyname",
     "pointer", "location", "attribute", "name", "key", "in", "source", "target", "subject", "element", "member"}
)  # fmt: skip
"""What tells which value was wrong, in an entry of a list."""
PLACES_ALONE = frozenset({"param", "parameter", "field", "property", "pointer"})
"""The same beside a single message."""
LISTS = frozenset({"errors", "violations", "details", "detail", "fields", "invalidfields", "fielderrors",
                   "validationerrors", "messages", "failures", "issues", "invalidparams", "error"})  # fmt: skip
"""Objects that list violations by the member that broke a rule."""
ADDRESSES = frozenset({"path", "instance", "uri", "requesturi", "requestpath", "requesturl", "endpoint"})
METHODS = frozenset({"method", "verb", "httpmethod", "requestmethod"})
MOMENTS = frozenset({"timestamp", "time", "datetime", "date", "occurredat", "servertime"})
DOCUMENTATION = frozenset(
    {"documentationurl", "documentationuri", "documentation", "docurl", "docs", "docsurl", "help", "helpurl",
     "helplink", "moreinfo", "moreinfourl", "infourl", "infolink", "href", "link", "url"}
)  # fmt: skip
LOOSE = frozenset({"docs", "help", "href", "link", "url"})
"""Those of them that may mean something else, and are told only where something has to be."""
VALUES = frozenset({"value", "rejectedvalue", "rejected", "input", "actual", "given", "provided"})
"""What was sent, beside what is wrong with it."""
GRANTS: Mapping[int, str] = {
    400: "invalid_request",
    401: "invalid_client",
    403: "access_denied",
    404: "invalid_request",
}
"""What RFC 6749 calls them, beside an ``error_description``."""
DOUBTS = frozenset({"ok", "success", "succeeded", "issuccess", "valid"})
"""What is not so where a request is refused."""

_PHRASES = {one.value: one.phrase for one in HTTPStatus} | {413: "Content Too Large", 422: "Unprocessable Entity"}
_MEANT: Mapping[int | str, str] = {
    400: "badrequest invalidrequest invalidargument invalidparam invalidinput validation malformed invalid",
    401: "unauthorized unauthenticated authentication invalidauth invalidtoken notauthed invalidclient",
    403: "forbidden permission accessdenied notallowed unauthorized",
    404: "notfound missing doesnotexist unknown nosuch",
    405: "methodnotallowed notallowed unsupported",
    409: "conflict alreadyexists duplicate exists inuse notunique",
    415: "unsupportedmedia unsupported mediatype",
    422: "unprocessable validation invalidrequest invalidargument invalidparam invalidinput invalid badrequest",
    429: "toomanyrequests ratelimit throttl limitexceeded quota exhausted",
    500: "internal servererror server apierror unknown",
    503: "unavailable overload maintenance",
    "required": "missing required empty blank null presence invalid",
    "enum": "notallowed choice enum inclusion invalid",
    "type": "type invalid",
    "format": "format invalid",
    "pattern": "pattern format invalid",
    "maxLength": "toolong maxlength max length size invalid",
    "maximum": "toolarge toohigh maximum max range invalid",
    "minLength": "tooshort minlength min length size invalid",
    "minimum": "toosmall toolow minimum min range invalid",
    "additionalProperties": "unknown unexpected unrecognized notallowed forbidden invalid",
    "uniqueItems": "duplicate unique invalid",
}
"""By status and by rule, the parts of codes that mean it, the most telling first."""
_ANY = ("error", "other", "unknown", "general", "generic", "invalid", "fail")
_CODE = re.compile(r"[A-Za-z]+(?:[_.-][A-Za-z]+)*")


def texts_among(names: Iterable[str]) -> list[str]:
    """Those of ``names`` where a person looks for what is wrong, the likeliest first."""
    found = {flat(name): name for name in names}
    return [found[word] for word in _TEXTS if word in found]


def phrase(status: int) -> str:
    """What the status is called: ``Not Found``."""
    return _PHRASES.get(status) or _PHRASES.get(status // 100 * 100, "Error")


def is_code(text: str) -> bool:
    """Whether a text is a word for a program, which has a style: ``not_found``, ``NotFound``."""
    return _CODE.fullmatch(text) is not None


def chosen(options: Iterable[str], topic: int | str) -> str | None:
    """The one of ``options`` that means ``topic``, a status or a rule; None where none does."""
    known = {flat(one): one for one in options}
    words = _MEANT.get(topic) or (f"{_MEANT[400]}" if isinstance(topic, str) else "")
    usual = ("invalidrequest",) if isinstance(topic, int) and 400 <= topic < 500 else ()
    for word in [flat(_name(topic)), *words.split(), str(topic), *usual]:
        if found := next((one for plain, one in known.items() if word and word in plain), None):
            return found
    return None


def unspecific(options: Iterable[str]) -> str | None:
    """The one of ``options`` that may mean any fault."""
    listed = list(options)
    return next((one for word in _ANY for one in listed if word in flat(one)), None)


def means(text: str, topic: int | str) -> bool:
    return chosen([text], topic) is not None


def styled(topic: int | str, like: str) -> str:
    """The code of ``topic`` written as ``like`` is: ``NOT_FOUND``, ``not-found``, ``NotFound``."""
    if not like and isinstance(topic, str):
        return topic
    words = words_of(_name(topic))
    separator = next((one for one in "_-." if one in like), "")
    if separator or like.islower() or like.isupper() or not like:
        text = (separator or "_").join(words)
        return text.upper() if like.isupper() else text
    text = "".join(one.capitalize() for one in words)
    return text if like[0].isupper() else text[0].lower() + text[1:]


def _name(topic: int | str) -> str:
    return phrase(topic) if isinstance(topic, int) else topic
