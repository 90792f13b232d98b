"""How an operation of any document is answered: where records stand in its bodies and replies, and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from mockserver.contract.document import Node
from mockserver.messages import Json
from mockserver.values.absent import ABSENT

if TYPE_CHECKING:  # PERF: most documents need none to be made
    from mockserver.contract.samples.sample_maker import Maker

Steps: TypeAlias = tuple[str, ...]
"""The members that lead from a value to one within it; none: the value itself."""


PASSWORDS = frozenset({"password", "pass", "pwd", "passphrase", "userpassword"})
ACCOUNT_NAMES = frozenset(
    {"email", "emailaddress", "mail", "useremail", "username", "login", "userid", "phone", "phonenumber", "mobile",
     "identifier", "handle", "nickname", "account"}
)  # fmt: skip
"""What people log in with, whatever the spelling: what is secret, and what tells one of them from another."""
TOKENS = frozenset(
    {"token", "accesstoken", "authtoken", "idtoken", "jwt", "jwttoken", "bearertoken", "sessiontoken", "apitoken",
     "bearer", "access"}
)  # fmt: skip
"""How what a login is answered with is called, that later requests show."""


FILES = "files kept"
"""What of its name the resource ends in that keeps the bytes of what was sent for records of another."""


def names_of(status: int) -> tuple[str, str, str]:
    """The names under which a document may declare a reply with ``status``; the first that it has counts."""
    return str(status), f"{status // 100}XX", "default"


@dataclass(frozen=True, slots=True)
class Parent:
    """One path parameter above a collection: the resource whose record it names, if any.

    ``must_exist``: a client could have known which records there are, so that another value is a 404; ``field`` leads
    to the member of the record that repeats the value.
    """

    parameter: str
    resource: str | None = None
    must_exist: bool = False
    field: Steps = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A place where the document shows records: a media type object, and the members that lead to them.

    ``each`` leads on from an item of a list to its record.
    """

    media: Node
    steps: Steps
    is_list: bool
    each: Steps = ()


@dataclass(frozen=True, slots=True)
class Embedded:
    """A member that holds records of another resource: one or, ``is_many``, a list of them, each with its ``key``.

    ``is_written``: clients may write the member, so that it keeps what they said; ``is_owned``: it holds all that stand
    below the record, or that name it in the member ``owner``; ``is_begun``: whoever makes the record says the first.
    """

    resource: str
    key: str
    is_many: bool
    is_written: bool
    is_owned: bool = False
    owner: str = ""
    is_begun: bool = False


@dataclass(frozen=True, slots=True)
class RecordLink:
    """Where a member of a record leads: so many segments ``up`` from the record's own path, and on by ``rest``."""

    up: int
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of record as a document implies it: its key, where it stands, what it leads to, how it begins."""

    record: Node | None  # its schema; None where the document tells none

    # What identifies it.
    key: Steps  # leads to its key; empty where the key stands beside the record, not in it
    other_keys: tuple[Steps, ...] = ()  # lead to what finds it as well: a slug, a name
    parameter: Node | None = None  # the schema of the path parameter that takes the key
    shown_key: Json = None  # the key that is that parameter's example
    sent_keys: frozenset[str] = frozenset()  # the keys in examples of creates, which have to be free
    chosen: bool = False  # whether clients name the key of a new one
    counted: bool = False  # whether a key that is a text has to be a number
    prefix: str = ""  # what made keys begin with
    listed_key: Steps = ()  # leads to the key in an item of a list, where it stands beside the record

    # Where it stands.
    path: str = ""  # the path of one as the document writes it; empty where there is none
    parents: tuple[Parent, ...] = ()  # the path parameters above it, outermost first
    reach: int = 0  # how many of the parents its path names
    ending: str = ""  # what stands behind the key in its path
    is_open: bool = False  # whether its key may hold slashes
    below: str = ""
    """Where its key is a whole name, what stands before its own word: ``topics`` in ``projects/p/topics/t``."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """By such a word, all resources whose records its path shows."""
    made_elsewhere: tuple[str, ...] = ()
    """The resources whose records its path shows too, though they are created on other paths."""
    holders: tuple[Parent, ...] = ()
    """Resources whose paths show those of these records that name them."""

    # What it leads to.
    foreign: Mapping[str, str] = field(default_factory=dict)  # the resource that a member probably holds a key of
    likely_foreign: Mapping[str, str] = field(default_factory=dict)  # further ones; first records alone keep to it
    references: Mapping[str, str] = field(default_factory=dict)  # the resource that a member is said to hold a key of
    addresses: Mapping[str, str] = field(default_factory=dict)
    """The resource of whose record a member holds the address."""
    embeds: Callable[[], Mapping[str, Embedded]] = field(default=dict, repr=False, compare=False)
    """Gives what ``embedded`` tells."""
    keys_within: Callable[[], Mapping[Steps, str]] = field(default=dict, repr=False, compare=False)
    """Where it holds keys of other resources elsewhere than among its members."""
    keys_listed: Callable[[], Mapping[tuple[str, str], str]] = field(default=dict, repr=False, compare=False)
    """Where the objects of its lists do: the list and the member of each object."""
    links: Callable[[], Mapping[str, RecordLink]] = field(default=dict, repr=False, compare=False)
    """What of it leads to itself, or to what is above or below it."""

    # What is known of its values.
    sources: tuple[Source, ...] = ()  # where the document shows some
    seed: int | None = None  # how many there are at first; None: as many as the settings say
    most: int | None = None  # how many a list of them can hold
    always: Mapping[str, Any] = field(default_factory=dict)  # what a new one has where nobody says another
    said: Callable[[], Mapping[str, tuple[Node, ...]]] = field(default=dict, repr=False, compare=False)
    """The schemas that bodies have for each member which clients may send."""
    why: str = ""  # the rules that decided, in words

    @property
    def embedded(self) -> Mapping[str, Embedded]:
        """The members that hold records of other resources whole.

        PERF: told when first asked, since it takes a look at the members of all records.
        """
        return self.embeds()

    @property
    def is_found_alone(self) -> bool:
        """Whether a path names a record without all of its parents, so that no two may have one key."""
        return bool(self.path) and not self.below and self.reach < len(self.parents)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where the people are kept who log in: the resource ``home``, their passwords in ``passwords``.

    ``views`` are resources that show the same people to others; ``names`` are the parameters that people log in with
    where the query tells all of it: then their records hold passwords as any other member.
    """

    home: str
    passwords: str
    views: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedReply:
    """One declared reply: its media type and its place, None without content; the headers it names, lower-case.

    ``needed`` are the headers that must be there, as they are written, each with its schema; ``description`` is what
    the document says of it in words; ``stream`` the events that are answered in place of it where a request asks so.
    """

    media_type: str | None
    media: Node | None
    headers: frozenset[str] = frozenset()
    needed: tuple[tuple[str, Node], ...] = ()
    description: str = ""
    stream: Node | None = None

    @property
    def schema(self) -> Node | None:
        return self.media.child("schema") if self.media and self.media.value.get("schema") is not None else None


@dataclass(frozen=True, slots=True)
class PlannedParameter:
    """One parameter or form member as it is read from text; ``also`` is another name that it may be sent by.

    ``example`` is the first value that the document shows of it, beside those of its schema; ABSENT if there is none;
    ``is_open``: it is said to hold slashes; ``holder`` is the parameter whose JSON has it as a member, ``is_json`` that
    its own text is JSON.
    """

    name: str
    location: str
    required: bool
    schema: Node
    explode: bool = True
    style: str = "form"
    description: str = ""
    may_be_empty: bool = False
    also: str = ""
    is_open: bool = False
    holder: str = ""
    is_json: bool = False
    example: Any = field(default=ABSENT, hash=False)


@dataclass(frozen=True, slots=True)
class Credential:
    """One thing a caller has to show: where it stands and under which name."""

    location: str
    name: str
    scheme: str


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """How one operation is answered: what it declares, which records it means, where they stand in body and reply."""

    maker: Maker = field(repr=False, compare=False)
    why: str  # the rule that decided, in words
    place: str  # the operation's pointer in the document

    # What it declares.
    status: int  # the status of a success
    success: PlannedReply  # the reply that is declared for it
    replies: Mapping[str, PlannedReply]  # all declared replies by status, ``4XX`` and ``default`` among them

    # Which records it means.
    key: str | None = None  # the path parameter of the record; None where none names one
    scope: tuple[str, ...] | None = None
    """The path parameters of its parents; None: the path tells of no parents, and all records are meant.

    Fewer than there are parents: the records below any of the others.
    """
    within: tuple[Parent, ...] = ()  # further path parameters, whose values a record names itself
    alias: bool = False  # whether a fixed word such as ``me`` stands for the key

    # Where they stand in the reply and the body.
    record: Steps | None = None  # leads from the reply to the record; None: there is none
    items: Steps | None = None  # leads from the reply to the list; None: there is none
    each: Steps = ()  # leads from an item of the list to its record
    sent: Steps = ()  # leads from the body to what is stored

    # What it takes.
    bodies: Mapping[str, Node] = field(default_factory=dict)  # the schema of the body for each media type
    body_required: bool = False
    parameters: tuple[PlannedParameter, ...] = ()
    needs: tuple[tuple[Credential, ...], ...] = ()  # the alternatives of credentials, each with all that it takes
    words: Mapping[str, Any] = field(default_factory=dict)
    """What the document or the name of the operation says beside its kind: ``set``, ``unless``, ``merge``, …"""
    remembered: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """PERF: what is worked out of all this once, when first asked for."""

    @property
    def names_record(self) -> bool:
        """Whether the path, or the request, names the one record that the operation is about by its key."""
        return bool(self.key) and not self.alias

    def said_of(self, status: str) -> str:
        """What the document says of the reply of a status; empty where it declares none."""
        reply = self.replies.get(status)
        return reply.description if reply else ""

    def declares(self, status: int) -> bool:
        """Whether the document says that the operation may answer so: exactly, as ``2XX``, or by ``default``."""
        return any(name in self.replies for name in names_of(status))

    def parameter(self, name: str) -> PlannedParameter | None:
        """The parameter or form member of that name."""
        return next((one for one in self.parameters if one.name == name), None)

    def refusal(self, status: int) -> PlannedReply | None:
        """The reply that the document declares for a refusal: exact, ``4XX``, ``default`` or none."""
        return next((self.replies[name] for name in names_of(status) if name in self.replies), None)

    def other_refusal(self, status: int) -> PlannedReply | None:
        """The declared refusal with a body that is nearest to ``status``, which is not declared itself."""
        others = [
            (name[:1] != str(status)[:1], abs(int(name.replace("X", "0")) - status), name)
            for name, said in self.replies.items()
            if name[:1] in "45" and said.schema is not None and "json" in (said.media_type or "")
        ]
        return self.replies[min(others)[2]] if others else None
