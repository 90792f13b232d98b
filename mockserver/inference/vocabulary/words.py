"""The words that documents use for the same few things: keys, lists, pages, searches, the caller."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mockserver.values.name_words import bare, flat

KEYS = ("id", "uid", "uuid", "sid", "gid", "guid", "_id")
"""Members that identify a record by themselves, the surest first."""
KEY_ENDINGS = (
    "id", "uuid", "uid", "sid", "gid", "guid", "key", "name", "slug", "number", "code", "login", "username", "token",
    "hash", "index",
)  # fmt: skip
"""What a parameter ends in when it names the member that identifies: ``petId`` the ``id``, ``repo_name`` the name."""
LOGINS = ("username", "login", "handle")
"""What a person, a team or an organisation is called by in addresses."""
NAME_LIKE = ("name", "key", "slug", "code", "number", "login", "username", "href", "token")
KEY_HOLDERS = ("metadata", "attributes", "data", "head", "info")
"""Members of a record that may hold what identifies it."""
LISTS = (
    "data", "items", "results", "values", "value", "records", "list", "entries", "content", "elements", "rows",
    "objects", "result", "resources", "docs", "nodes", "hits", "member", "_embedded",
)  # fmt: skip
"""Members that hold the list of an envelope, the likeliest first."""
NESTS = ("_embedded", "data", "result", "response")
CALLERS = frozenset({"me", "@me", "self", "current", "myself", "@self"})
SEARCHES = re.compile(r"(search|find|query|lookup|filter)", re.IGNORECASE)
COUNTS = frozenset({"count", "counts", "total", "totalcount"})
"""The last segment of a path that says how many records there are."""
LATEST = frozenset({"latest", "newest", "last", "mostrecent", "recent", "current"})
FIRST = frozenset({"first", "oldest", "random", "default", "featured"})
"""The last segment of a path that shows one of a collection's records without naming it."""
CREATES = re.compile(
    r"create|add|new|insert|import|register|sign_?-?up"
    r"|(?:submit|place|upload|send|enqueue|schedule|generate|invite)(?!(?-i:[a-z]))",
    re.IGNORECASE,
)
"""How the last segment of a path begins that records are made on, beside that of all of them."""
PARTIAL = re.compile(
    r"\bonly (?:the )?(?:fields?|propert(?:y|ies)|attributes?|members?|values?|keys?)\b[^.]{0,30}?"
    r"\b(?:provided|sent|specified|included|supplied|present|given|passed|submitted)\b"
    r"|\b(?:unspecified|omitted|missing|absent"
    r"|not (?:provided|specified|included|sent|supplied|passed|present|submitted))\b[^.]{0,60}?"
    r"\b(?:unchanged|not (?:be )?(?:changed|modified|updated|affected|touched)|untouched|retain\w*|preserved|kept"
    r"|as (?:is|it was|they are|they were))\b"
    r"|\bpartial(?:ly)? updat",
    re.IGNORECASE,
)
"""How a description says that what a body leaves out stays."""
RENAMES = re.compile(r"new[_-]?", re.IGNORECASE)
"""How a member of a body begins that gives another of the record, its key among them, a new value."""
PAGING = frozenset(
    {"object", "url", "hasmore", "next", "previous", "prev", "first", "last", "links", "link", "meta", "metadata",
     "total", "totalcount", "count", "page", "pages", "perpage", "limit", "offset", "size", "pagelen", "cursor",
     "nextcursor", "nextpagetoken", "pagetoken", "paging", "pagination", "responsemetadata", "success", "ok",
     "status", "message", "errors", "error", "warnings", "included", "jsonapi", "pagesize", "totalresults",
     "totalpages", "hasnext", "hasprev", "start", "end", "self", "href", "nextpage", "nextpageuri",
     "previouspageuri", "firstpageuri", "lastpageuri", "uri", "query", "requestid", "numberofpages", "pagenumber",
     "pagecount", "totalrecords", "numpages", "currentpage", "lastpage", "from", "to", "path", "incompleteresults",
     "kind", "apiversion", "totalitems", "more", "truncated", "numberofelements", "totalelements",
     "sort", "pageable", "empty", "number", "firstid", "lastid", "itemstotal", "pagestotal", "moreitems",
     "hasnextpage", "haspreviouspage", "skip", "take", "time", "timestamp", "tookms", "warning", "info", "code",
     "type", "version", "msg", "errcode", "errmsg", "errorcode", "errormessage", "traceid", "issuccess", "succeeded",
     "statuscode", "resultcode", "ret", "pager", "pageinfo", "paginator", "paginate", "totaldocs", "totalrows",
     "totalhits", "totalsize", "totalnum", "recordstotal", "recordsfiltered", "pagingcounter", "pagetotal"}
)  # fmt: skip
"""What stands beside a list in its envelope: never a record's own members."""
_SUCCESSES = frozenset({"ok", "success", "succeeded", "issuccess", "issuccessful"})
FAULTS = frozenset({"error", "iserror", "haserror", "haserrors", "failed"})
MESSAGES = frozenset({"message", "msg", "statusmessage", "statustext", "responsemessage", "resultmessage"})
ZEROS = frozenset({"errcode", "errorcode", "errno", "ret", "retcode"})
"""Numbers that are 0 where nothing went wrong."""
CODES = frozenset({"code", "status", "statuscode", "httpstatus", "httpstatuscode", "httpcode", "resultcode",
                   "responsecode"})  # fmt: skip
OUTCOMES = _SUCCESSES | FAULTS | MESSAGES | ZEROS | CODES
"""What an envelope says of the request: how it went."""
HOLDERS_OF_ANY = frozenset({"data", "result", "payload", "errors", "response", "body"})
"""What else it may hold, which is not a record where it is not an object."""
SIZES = frozenset(
    {"limit", "perpage", "pagesize", "pagelen", "size", "count", "take", "maxresults", "first", "top", "maxitems",
     "itemsperpage"}
)  # fmt: skip
PAGES = frozenset({"page", "pagenumber", "pageno", "currentpage"})
CURSORS = frozenset(
    {"cursor", "after", "startingafter", "pagetoken", "nexttoken", "nextpagetoken", "continue", "marker", "startcursor",
     "pagecursor", "pageafter", "nextcursor", "continuationtoken"}
)  # fmt: skip
BACKWARD_CURSORS = frozenset({"endingbefore", "before", "beforeid", "pagebefore", "beforecursor", "previouscursor",
                              "prevcursor", "previouspagetoken"})  # fmt: skip
"""Parameters that name the record before which a page ends."""
EXPANSIONS = frozenset(
    {"expand", "expands", "expansion", "expansions", "include", "includes", "embed", "embeds", "with", "populate",
     "relations", "join", "preload"}
)  # fmt: skip
"""How parameters that ask for related records are called: ``$expand``, ``expand[]``, ``_embed``."""
OFFSETS = frozenset({"offset", "skip", "startat", "startindex", "pageoffset"})
PAGE_COUNTS = frozenset({"totalpages", "pagecount", "pagestotal", "pages", "numpages", "numberofpages", "pagescount",
                         "pagetotal"})  # fmt: skip
"""What tells how many pages there are."""
NUMBERS = PAGES | {"number"}
"""What tells which page this is."""
MORE = frozenset({"hasmore", "hasnext", "hasnextpage", "moreitems"})
FIRSTS = frozenset({"first", "isfirst", "isfirstpage"})
LASTS = frozenset({"last", "islast", "islastpage"})
TOTALS = frozenset(
    {
        "total",
        "totalcount",
        "totalresults",
        "itemstotal",
        "totalitems",
        "totalelements",
        "totalrecords",
        "totalentries",
        "totaldocs",
        "totalrows",
        "totalhits",
        "totalsize",
        "totalnum",
        "recordstotal",
        "recordsfiltered",
    }
)
NEXT = frozenset(
    {
        "next",
        "nextcursor",
        "nextpagetoken",
        "nexttoken",
        "continuationtoken",
        "nextpage",
        "nextpageuri",
        "nextlink",
        "nextpageurl",
        "continue",
    }
)
PREVIOUS = frozenset(one.replace("next", word) for one in NEXT - {"continue"} for word in ("previous", "prev"))
"""How a list is asked for in pages, and what its envelope says: how many of them, which, from where on, of how many."""
SORTS = frozenset(
    {"sort", "sortby", "order", "orderby", "ordering", "sortfield", "sortcolumn", "sortkey", "orderfield"}
)
DIRECTIONS = frozenset(
    {"direction", "sortdir", "sortorder", "sortdirection", "orderdir", "orderdirection", "sorttype", "dir"}
)
EVERYTHING = frozenset({"all", "any"})
"""Words among the values of a parameter that leave no record out."""
TEXTS = frozenset(
    {"q", "query", "search", "keyword", "keywords", "term", "freetext", "fulltext", "textsearch", "quicksearch",
     *(f"search{one}" for one in ("string", "term", "terms", "text", "query", "phrase", "words", "keyword", "value"))}
)  # fmt: skip
"""How a list is asked for in an order, which way, and by words that its records hold."""


def next_cursor(word: str, beside: Iterable[str]) -> str:
    """What a bare ``cursor`` in an envelope is that has no other word for the way to the next page: that way."""
    is_alone = word in ("cursor", "marker", "pagetoken") and not any(flat(bare(one)) in NEXT for one in beside)
    return "nextcursor" if is_alone else word


def is_paging(name: str) -> bool:
    return flat(bare(name)) in PAGING


def tells_outcome(names: Iterable[str]) -> bool:
    """Whether an object with these members tells how a request went, and nothing else."""
    found = {flat(name) for name in names}
    return found <= OUTCOMES | HOLDERS_OF_ANY and bool(found & (_SUCCESSES | MESSAGES | ZEROS))


CONTENTS = frozenset(
    {"content", "contents", "download", "downloads", "raw", "file", "original", "data", "media", "body", "blob",
     "binary", "upload", "attachment"}
)  # fmt: skip
"""How the last segment is called of a path that stands for the file of the record above it."""
VERSIONS = frozenset({"resourceversion", "lockversion", "rowversion", "recordversion"})
"""What tells the version of a record, which each change counts on."""
MADE = re.compile(
    r"(created|inserted|added)(at|on|date|time|datetime)?|(date|time)?created|creat(ion|e)(date|time|timestamp)"
)
CHANGED = re.compile(
    r"(updated|modified|changed|lastmodified|lastupdated)(at|on|date|time|datetime)?|"
    r"(date|time)(last)?(modified|updated|changed)|(update|modify)(date|time|timestamp)"
)
UNIQUE = frozenset({"uid", "uuid"})
REFERENCE_ENDINGS = ("id", "uuid", "gid", "sid")
"""How a member's name ends that refers to another record: ``customer_id``."""
PEOPLE = ("user", "person", "people", "member", "account", "employee", "contact")
"""What the resource of all people is called, the likeliest first."""
DOERS = frozenset(
    {"seller", "buyer", "bidder", "host", "uploader", "uploadedby", "poster", "postedby", "commenter", "voter",
     "organizer", "organiser", "inviter", "invitedby", "sharedby", "addedby", "placedby", "submittedby", "borrower",
     "renter", "follower", "subscriber", "payer", "player", "applicant", "respondent", "editor", "publisher"}
)  # fmt: skip
"""What people are called by what they do; whoever makes a record is meant where no client can say another."""


def is_servers(word: str, *, beside_key: bool = False) -> bool:
    """Whether only the server says a member of that name, in small letters: a version; in the object that holds the
    key of a record (``metadata``), also when it was made and changed, and what is unique to it.
    """  # fmt: skip
    own = word in UNIQUE or MADE.fullmatch(word) or CHANGED.fullmatch(word)
    return word in VERSIONS or bool(beside_key and own)


_COUNTED = re.compile(
    r"^(?:the |total )*number of (?:the |its |all )*(\w+)(?: (?:of|in|for|with|at) (?:this|the|that|its) \w+)?\W*$",
    re.IGNORECASE,
)
"""How a description says that a number is how many of them there are, whatever they are like."""


def number_of(description: str) -> str:
    """What a number is said to be the number of: ``Number of items of this category``; empty where it is not."""
    counted = _COUNTED.search(description)
    return counted[1] if counted else ""
