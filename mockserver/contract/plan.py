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
    below the record, or that name it in the member ``owner``.
    """

    resource: str
    key: str
    is_many: bool
    is_written: bool
    is_owned: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class RecordLink:
    """Where a member of a record leads: so many segments ``up`` from the record's own path, and on by ``rest``."""

    up: int
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of record as a document implies it.

    ``record`` is its schema, None where none is told; ``key`` leads to what identifies it (empty: it stands beside the
    record), ``listed_key`` to it in an item of their list where it stands beside the record, ``other_keys`` to what
    finds it as well; ``parameter`` is the schema of the path parameter, ``shown_key`` the key that is its example,
    ``sent_keys`` those that examples of creates send; ``chosen`` tells that clients name it, ``counted`` that a key
    that is a text has to be a number;
    ``parents`` are the path parameters above, outermost first; ``alias`` is the key that
    ``me`` and the like stand for; ``ending`` what stands behind the key in its path, ``prefix`` what made keys begin
    with, ``seed`` how many records there are at first (None: as many as the settings say),
    ``most`` how many a list of them can hold, ``always`` what a new one has where nobody says another;
    ``path`` is the path of one as the document writes it, empty where there is none, ``reach`` how many of the parents
    it names, ``is_open`` whether its key may hold slashes, ``below`` what stands in it between the parent's key and the
    last word of its own, where it is a whole name (``topics`` of ``projects/p/topics/t``), ``beside`` by such a word
    all resources whose records its path shows; ``foreign`` are members that probably hold keys of other resources,
    ``references`` those that are said to, ``addresses`` members that hold the address of another resource's record;
    ``made_elsewhere`` are the resources whose records its path shows, too: their creates stand on other paths;
    ``holders`` are those whose paths show the records that name them; ``why`` tells the rules that decided;
    ``embeds`` gives what ``embedded`` tells, ``keys_within`` where else than among its members a record holds keys,
    ``keys_listed`` where the objects of its lists do, ``links`` what of it leads to itself or to what is above or
    below it, ``said`` the schemas of bodies for each member that clients may send.
    """

    record: Node | None
    key: Steps
    other_keys: tuple[Steps, ...] = ()
    parameter: Node | None = None
    shown_key: Json = None
    sent_keys: frozenset[str] = frozenset()
    chosen: bool = False
    counted: bool = False
    listed_key: Steps = ()
    parents: tuple[Parent, ...] = ()
    sources: tuple[Source, ...] = ()
    foreign: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    ending: str = ""
    prefix: str = ""
    seed: int | None = None
    most: int | None = None
    always: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    is_open: bool = False
    below: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    reach: int = 0
    made_elsewhere: tuple[str, ...] = ()
    holders: tuple[Parent, ...] = ()
    why: str = ""
    embeds: Callable[[], Mapping[str, Embedded]] = field(default=dict, repr=False, compare=False)
    keys_within: Callable[[], Mapping[Steps, str]] = field(default=dict, repr=False, compare=False)
    keys_listed: Callable[[], Mapping[tuple[str, str], str]] = field(default=dict, repr=False, compare=False)
    links: Callable[[], Mapping[str, RecordLink]] = field(default=dict, repr=False, compare=False)
    said: Callable[[], Mapping[str, tuple[Node, ...]]] = field(default=dict, repr=False, compare=False)

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
    the document says of it in words.
    """

    media_type: str | None
    media: Node | None
    headers: frozenset[str] = frozenset()
    needed: tuple[tuple[str, Node], ...] = ()
    description: str = ""

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
    """How one operation is answered.

    ``key`` names the path parameter of the record (None: none does), ``scope`` those of its parents (None: the path
    tells of no parents, all records are meant; fewer than there are: those of all the others), ``within`` further ones
    that a record names itself, ``alias`` that a fixed word stands for the key;
    ``status`` and ``success`` are what is declared for a success; ``record`` leads from the reply to the record,
    ``items`` to the list (None: neither is there), ``each`` from an item of it to its record;
    ``sent`` from the body to what is stored; ``replies`` are all declared
    replies by status, ``4XX`` and ``default`` among them; ``bodies`` the request's media types with their schemas;
    ``needs`` the alternatives of credentials; ``why`` the rule that decided, in words; ``place`` is
    the operation's pointer in the document.
    """

    maker: Maker = field(repr=False, compare=False)
    why: str
    place: str
    status: int
    success: PlannedReply
    replies: Mapping[str, PlannedReply]
    key: str | None = None
    scope: tuple[str, ...] | None = None
    within: tuple[Parent, ...] = ()
    alias: bool = False
    record: Steps | None = None
    items: Steps | None = None
    each: Steps = ()
    sent: Steps = ()
    bodies: Mapping[str, Node] = field(default_factory=dict)
    body_required: bool = False
    parameters: tuple[PlannedParameter, ...] = ()
    needs: tuple[tuple[Credential, ...], ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    remembered: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """PERF: what is worked out of all this once, when first asked for."""

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
