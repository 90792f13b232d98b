"""From guesses to the frozen table: each operation with its plan; what a document says itself goes first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from mockserver.contract.compile import Contract
from mockserver.contract.document import Document, Node
from mockserver.contract.kinds import Kind
from mockserver.contract.operation import Operation, Security
from mockserver.contract.plan import Accounts, Credential, Model, OperationPlan, Parent, PlannedReply
from mockserver.contract.problems import Problems
from mockserver.contract.resource import Resource
from mockserver.contract.samples.own_addresses import OwnAddresses
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.schema import Schemas, SchemaValidator
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.annotations import SAID, Marks
from mockserver.inference.document_conventions import likely_tenant, prefixes, usual_refusal
from mockserver.inference.inferred_resources import infer_resources
from mockserver.inference.meaning.accounts import read_accounts
from mockserver.inference.meaning.creation_paths import made_elsewhere
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.meaning.meanings import Meanings
from mockserver.inference.meaning.records_beside import add_beside, keep_truths, resource_beside, truths_set
from mockserver.inference.meaning.taken_over import with_origin
from mockserver.inference.reading.paths import ANY, Key, read_paths, spellings
from mockserver.inference.reading.replies import success
from mockserver.inference.reading.request_inputs import credentials
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.embedded_records import EmbeddedRecords
from mockserver.inference.records.foreign import ForeignKeys
from mockserver.inference.records.key_forms import is_counted, listed_key, most_listed
from mockserver.inference.records.shown_keys import sent_at, sent_keys, shown_key
from mockserver.inference.records.shown_links import ShownLinks

_PARTS = ("webhooks", "components")
"""What a document without operations may be of instead (OpenAPI 3.1): it can be looked at."""


def infer_contract(document: Document) -> Contract:
    """The table of operations of a document that does not say what they mean.

    Raises SetupError where it describes nothing at all, or has words for the mock that are wrong.
    """
    return _Builder(document).contract()


class _Builder:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._shapes = Shapes(document)
        self._schemas = Schemas(document, loose=True)
        self._maker = Maker(self._schemas, self._shapes)
        self._found = infer_resources(read_paths(document, self._shapes), self._shapes)
        self._meanings = Meanings(self._found)
        self._accounts = read_accounts(self._found, self._meanings)
        self._foreign = ForeignKeys(self._shapes, self._found)
        self._embedded = EmbeddedRecords(self._shapes, self._found, self._foreign)
        templates = [entry.path.template for entry in self._found.paths.all()]
        self._prefixes = prefixes(document)
        self._own_addresses = OwnAddresses(document.root, templates, self._prefixes)
        self._links = ShownLinks(self._found, self._own_addresses)
        self._tenant: str | None = None

    def contract(self) -> Contract:
        problems = Problems(self._document)
        marks = Marks(self._document, self._found, self._maker, problems)
        self._tenant = marks.tenant or likely_tenant(self._found.paths)
        resources = {one.name: self._resource(one) for one in self._found.every()}
        accounts = self._with_passwords(resources)
        nothing = resource_beside("", self._any())
        paths: dict[str, dict[str, Operation]] = {}
        for reading in self._found.readings.values():
            guess = with_origin(self._found, reading, self._meanings.guess(reading))
            guess = marks.guess(reading, self._accounts.guess(reading, guess) if self._accounts else guess)
            resource = resources[guess.about.name] if guess.about is not None else nothing
            add_beside(resources, resource, reading, guess, self._any)
            if self._accounts and self._accounts.logins:
                keep_truths(resources, resource, truths_set(guess, reading), self._any())
            operation = self._operation(reading, guess, resource)
            for template in spellings(reading.entry.path.template):
                paths.setdefault(template, {}).setdefault(operation.method, operation)
        if not paths and not any(self._document.root.get(part) for part in _PARTS):
            problems.add(self._document.node("paths"), "no paths, webhooks or components", "describe an operation")
        problems.raise_any()
        return Contract(
            document=self._document,
            paths=paths,
            resources=resources,
            indexes=dict.fromkeys(resources, ()),
            counted=dict.fromkeys(resources, ()),
            bodies={},
            security=Security(),
            tenant=self._tenant,
            prefixes=self._prefixes,
            maker=self._maker,
            own_addresses=self._own_addresses,
            unknown_path=marks.unknown_path,
            usual_refusal=usual_refusal(self._found, self._maker),
            accounts=accounts,
            spanning={each: name for one, name in self._found.spanning.items() for each in spellings(one)},
        )

    def _with_passwords(self, resources: dict[str, Resource]) -> Accounts | None:
        """Whose records accounts are, and beside them a resource for what people log in with: no reply shows it."""
        if self._accounts is None or not self._accounts.logins:
            return None
        home = self._accounts.home.name
        name, parents = f"{home}.passwords", (Parent("account", home),)
        resources[name] = resource_beside(name, self._any(), parents=parents, why="what people log in with")
        return Accounts(home, name, tuple(one.name for one in self._accounts.views), self._accounts.names)

    def _resource(self, one: InferredCollection) -> Resource:
        record = one.record
        fields = frozenset(self._shapes.properties(record)) if record is not None else frozenset()
        sent, named = sent_at(self._found, one), self._found.taken(one)
        model = Model(
            record=record,
            key=one.identity,
            other_keys=one.others,
            parameter=named.schema if named else None,
            shown_key=shown_key(self._shapes, named),
            sent_keys=frozenset(sent_keys(self._found, one, sent)),
            chosen=bool(sent),
            counted=is_counted(self._found, one),
            listed_key=listed_key(self._found, one),
            parents=tuple(parent for parent in one.parents if parent.parameter != self._tenant),
            holders=tuple(holder for key in one.also for holder in self._found.views[key].parents if holder.field),
            sources=tuple(one.sources),
            foreign=self._foreign.of(one),
            likely_foreign=self._foreign.likely(one),
            addresses=self._foreign.addresses(one),
            references=dict(one.references),
            embeds=partial(self._embedded.of, one),
            keys_within=partial(self._foreign.within, one),
            keys_listed=partial(self._foreign.listed, one),
            links=partial(self._links.of, one),
            said=partial(self._embedded.said.of, one),
            ending=self._ending(one),
            path=self._path(one),
            is_open=self._found.spans(one),
            below=one.below,
            beside={each.below: each.name for each in one.beside},
            made_elsewhere=tuple(made_elsewhere(self._found, one)),
            reach=sum(step == ANY for step in (one.item or ())[:-1]) - (self._tenant in self._names(one)[:-1]),
            prefix=one.prefix,
            seed=one.seed,
            most=most_listed(self._found, one),
            always=dict(self._always(one)),
            why="; ".join(one.why),
        )
        return Resource(
            name=one.name,
            schema="",
            key="" if one.is_single else (one.identity[0] if len(one.identity) == 1 else "id"),
            is_chosen=model.chosen,
            fields=fields,
            managed=frozenset(),
            stamps={},
            computed=frozenset(),
            references=(),
            elsewhere=(),
            validator=self._schemas.validator(record) if record is not None else self._any(),
            model=model,
        )

    def _always(self, one: InferredCollection) -> Iterator[tuple[str, Any]]:
        """What all records have that the list can be asked for: the one value that a filter it requires may have."""
        reading = self._found.reading(one.key, "get")
        members = self._shapes.properties(one.record) if one.record is not None else {}
        for taken in reading.parameters if reading else ():
            place, only = members.get(taken.name), self._shapes.says(taken.schema, "enum")
            if not taken.required or taken.location != "query" or place is None:
                continue
            if isinstance(only, list) and len(only) == 1 and self._maker.allows(place, only[0]):
                yield taken.name, only[0]

    def _ending(self, one: InferredCollection) -> str:
        """What stands behind the key in the item's path: a slash, ``.json``, mostly nothing."""
        return self._path(one).rpartition("}")[2]

    def _path(self, one: InferredCollection) -> str:
        """The item's path as it is written."""
        verbs = self._found.paths.verbs(one.item) if one.item else {}
        entry = verbs.get("get") or next(iter(verbs.values()), None)
        if entry is None or (entry.keyed and entry.keyed[0] == "body"):
            return ""
        return f"{entry.path.template}?{entry.keyed[1]}={{{entry.keyed[1]}}}" if entry.keyed else entry.path.template

    def _names(self, one: InferredCollection) -> tuple[str, ...]:
        """The parameters of the item's path."""
        verbs = self._found.paths.verbs(one.item) if one.item else {}
        return next((tuple(filter(None, entry.path.names)) for entry in verbs.values()), ())

    def _operation(self, reading: Reading, guess: Guess, resource: Resource) -> Operation:
        entry = reading.entry
        return Operation(
            id=self._found.paths.id_of(entry),
            method=entry.sent.upper(),
            path=entry.path.template,
            summary=str(entry.node.child("summary").value or ""),
            kind=guess.kind,
            resource=resource,
            meaning=guess.words,
            parameters=(),
            body=None,
            replies={},
            secured=bool(needs := credentials(self._document, self._shapes, reading.entry)),
            scopes=frozenset(),
            projection=None,
            page=None,
            criteria={},
            provenance="declared" if guess.why == SAID else "inferred",
            holds_records=False,
            is_elsewhere=False,
            plan=self._plan(reading, guess, needs),
        )

    def _plan(self, reading: Reading, guess: Guess, needs: tuple[tuple[Credential, ...], ...]) -> OperationPlan:
        entry, about = reading.entry, guess.about
        status, best = success(reading.replies, creates=guess.kind is Kind.CREATE)
        if guess.kind is Kind.DELETE:
            status, best = success(reading.replies)
        elif (
            best.media is None
            and about is not None
            and about.record
            and not any(one[0] == "2" for one in reading.replies)
        ):
            best = PlannedReply("application/json", None)  # nobody declared a success: the record helps most
        declares = any(one[0] in "123" or one == "default" for one in reading.replies)
        body = self._shapes.follow(entry.node.child("requestBody"))
        return OperationPlan(
            maker=self._maker,
            why=guess.why if declares else f"{guess.why}; it declares no success, so {status} is a guess",
            place=entry.node.pointer,
            status=status,
            success=best,
            replies=reading.replies,
            key=guess.words.get("named_by") or self._key(reading, about),
            scope=self._scope(reading, about),
            within=self._within(reading, about),
            alias=bool(guess.words.get("alias")),
            record=reading.record.steps if reading.record else None,
            items=reading.list.steps if reading.list else None,
            each=self._found.each(reading, about) if about else (),
            sent=self._sent(reading, about),
            bodies=reading.bodies,
            body_required=bool(body.child("required").value),
            parameters=reading.parameters,
            needs=needs,
            words=guess.words,
        )

    def _key(self, reading: Reading, about: InferredCollection | None) -> str | None:
        """The parameter of the record that the path names, at its end or above an action."""
        path = reading.entry.path
        item = about.item_of(path.key) if about is not None else None
        is_sent = reading.entry.keyed is not None and reading.entry.keyed[0] == "body"
        if about is not None and about.below and path.key[: len(about.key)] == about.key:
            return None  # what stands there names what is above
        return path.names[len(item) - 1] if item and not is_sent else None

    def _scope(self, reading: Reading, about: InferredCollection | None) -> tuple[str, ...] | None:
        """The parameters of this path that stand where the collection's path has those of its parents."""
        if about is None:
            return ()
        path, wanted, own = reading.entry.path, about.key.count(ANY), self._own(reading.entry.path.key, about)
        if own is None or ((view := self._found.views.get(own)) is not None and view.is_wide):
            return None if wanted else ()
        names = [path.names[index] for index, step in enumerate(own) if step == ANY]
        return tuple(name for name in names[:wanted] if name != self._tenant)

    def _within(self, reading: Reading, about: InferredCollection | None) -> tuple[Parent, ...]:
        """What the path says of the records beyond the parents that they all have (R6)."""
        own = self._own(reading.entry.path.key, about) if about is not None else None
        if about is None or own is None or (view := self._found.views.get(own)) is None:
            return ()
        return tuple(view.parents if view.is_wide else view.parents[about.key.count(ANY) :])

    @staticmethod
    def _own(key: Key, about: InferredCollection) -> Key | None:
        """Which of a collection's paths a path is or is below."""
        return max((one for one in (about.key, *about.also) if key[: len(one)] == one), key=len, default=None)

    def _sent(self, reading: Reading, about: InferredCollection | None) -> tuple[str, ...]:
        """R5 for bodies: the members that lead to what is stored."""
        if reading.body is None or about is None or about.record is None:
            return ()
        found = self._found.replies.record(reading.body, reading.entry.path.last_fixed)
        if found is None or not found.steps:
            return ()
        is_member = found.steps[0] in self._shapes.properties(about.record) and found.steps != about.steps
        return () if is_member else found.steps

    def _any(self) -> SchemaValidator:
        return self._schemas.validator(Node("", {}))
