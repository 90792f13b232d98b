"""The kit: contract checks of a target behind a URL, known by its document alone. What checks may use is named here."""

from mockserver.conformance import row_queries, single_records
from mockserver.conformance.batch_items import (
    blame_items,
    refused_in_batch,
    results_of,
    run_batch,
    send_batch,
    update_item,
)
from mockserver.conformance.bodies.edges import (
    allowed,
    bodies_inside,
    bodies_mistyped,
    forged_values,
    nested_steps,
    other_types,
    smaller,
    values_outside,
)
from mockserver.conformance.bodies.normal_forms import is_filled_in, is_normal_form
from mockserver.conformance.check_plan import Group, Plan, examples_of, read_body
from mockserver.conformance.evidence import media_types
from mockserver.conformance.expected_refusals import expect_refusal, is_failure
from mockserver.conformance.findings import Broken, Finding, Inconclusive, NotApplicable
from mockserver.conformance.fuzz.seed_alone import by_seed_alone
from mockserver.conformance.inferred.inferred_bodies import leveled
from mockserver.conformance.inferred.inferred_children import child_of, children_of
from mockserver.conformance.inferred.inferred_conditions import guard_header, repeat_key, version_header
from mockserver.conformance.inferred.inferred_contents import (
    described_alike,
    file_members,
    has_members,
    is_plain_json,
    media_of,
    showable,
    shown_by_both,
)
from mockserver.conformance.inferred.inferred_links import led_to, own_links
from mockserver.conformance.inferred.inferred_lists import SHORT_LIST, InferredList, InferredPage
from mockserver.conformance.inferred.inferred_record import InferredRecord
from mockserver.conformance.inferred.inferred_requests import InferredRequests
from mockserver.conformance.inferred.inferred_trials import InferredTrials
from mockserver.conformance.inferred.inferred_violations import InferredViolations, is_lenient
from mockserver.conformance.inferred.inferred_writing import text_of
from mockserver.conformance.inferred.usual_filters import narrowing
from mockserver.conformance.oracle import CORS
from mockserver.conformance.page_filling import filled, make_many, narrow
from mockserver.conformance.pagination import Sheet, by_id, has_key, left_nothing, read_page, sheets, walk, ways
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.record_steps import (
    Change,
    all_refused,
    bad_headers,
    changes,
    expired,
    marked,
    moving,
    naming,
    other,
    patch,
    put,
    references,
    refused,
    required_references,
    stamp,
    usable,
)
from mockserver.conformance.registry import Check, check
from mockserver.conformance.reporters.report_data import Report
from mockserver.conformance.reporters.reporting import Reporter, reporter
from mockserver.conformance.rules.as_held import AsHeld, moment_of
from mockserver.conformance.rules.census import Census
from mockserver.conformance.rules.due_effects import due_effects, fall_due
from mockserver.conformance.rules.effect_rules import effects_of, happens_on, hinges, reached
from mockserver.conformance.rules.effect_trials import Trial
from mockserver.conformance.rules.furnishing import Furnisher
from mockserver.conformance.rules.naive import named_key
from mockserver.conformance.rules.naive_values import CannotTell, agree, as_json
from mockserver.conformance.rules.questions import against, questions
from mockserver.conformance.rules.rule_reading import compared, named_in, resources_read, trees, variants
from mockserver.conformance.rules.rule_text import tree_of
from mockserver.conformance.rules.situations import count_situations
from mockserver.conformance.session import Session
from mockserver.conformance.stories.trail import BrokenConstraint, Expected
from mockserver.conformance.valid_requests import Ask, example_body, preview_body, record_name
from mockserver.conformance.value_differences import alike, listed, unlike_replies
from mockserver.conformance.wire.identity import NOBODYS_CREDENTIAL, Requester, claims
from mockserver.conformance.wire.pacing import OutOfTime
from mockserver.conformance.wire.traffic import Received
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind, Operation
from mockserver.contract.document import Node
from mockserver.contract.operation import Criterion, How
from mockserver.contract.plan import PlannedParameter
from mockserver.contract.resource import Reference
from mockserver.contract.samples.described_values import states_of
from mockserver.inference.vocabulary import words as list_words
from mockserver.inference.vocabulary.asked_members import filtered_member
from mockserver.inference.vocabulary.conflict_words import (
    are_taken_together,
    forbidden_states,
    is_said_unique,
    tells_of_any,
    tells_of_state,
    told_missing,
    unique_members,
)
from mockserver.inference.vocabulary.ranges import Bound, bound_of
from mockserver.inference.vocabulary.told_order import order_of_list
from mockserver.inference.vocabulary.told_tallies import ToldNumber, thing_of, told_tally
from mockserver.messages import REFUSALS, SUCCESSES
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.members import value_at as within
from mockserver.values.moment import read_datetime
from mockserver.values.name_words import flat, singular, words_of
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import quoted, shown

__all__ = [
    "ABSENT",
    "CORS",
    "NOBODYS_CREDENTIAL",
    "REFUSALS",
    "SHORT_LIST",
    "SUCCESSES",
    "AsHeld",
    "Ask",
    "Bound",
    "Broken",
    "BrokenConstraint",
    "CannotTell",
    "Census",
    "Change",
    "Check",
    "Criterion",
    "Expected",
    "Finding",
    "Furnisher",
    "Group",
    "How",
    "Inconclusive",
    "InferredList",
    "InferredPage",
    "InferredRecord",
    "InferredRequests",
    "InferredTrials",
    "InferredViolations",
    "Kind",
    "Node",
    "NotApplicable",
    "Operation",
    "OutOfTime",
    "Plan",
    "PlannedParameter",
    "Provenance",
    "Received",
    "Reference",
    "Report",
    "Reporter",
    "Requester",
    "Session",
    "Sheet",
    "ToldNumber",
    "Trial",
    "Unreachable",
    "against",
    "agree",
    "alike",
    "all_refused",
    "allowed",
    "are_taken_together",
    "as_json",
    "bad_headers",
    "blame_items",
    "bodies_inside",
    "bodies_mistyped",
    "bound_of",
    "by_id",
    "by_seed_alone",
    "changes",
    "check",
    "child_of",
    "children_of",
    "claims",
    "compared",
    "count_situations",
    "described_alike",
    "due_effects",
    "effects_of",
    "example_body",
    "examples_of",
    "expect_refusal",
    "expired",
    "fall_due",
    "file_members",
    "filled",
    "filtered_member",
    "flat",
    "forbidden_states",
    "forged_values",
    "guard_header",
    "happens_on",
    "has_key",
    "has_members",
    "hinges",
    "is_failure",
    "is_filled_in",
    "is_lenient",
    "is_normal_form",
    "is_plain_json",
    "is_said_unique",
    "led_to",
    "left_nothing",
    "leveled",
    "list_words",
    "listed",
    "make_many",
    "marked",
    "media_of",
    "media_types",
    "moment_of",
    "moving",
    "named_in",
    "named_key",
    "naming",
    "narrow",
    "narrowing",
    "nested_steps",
    "order_of_list",
    "other",
    "other_types",
    "own_links",
    "patch",
    "pointer_to",
    "preview_body",
    "put",
    "questions",
    "quoted",
    "reached",
    "read_body",
    "read_datetime",
    "read_page",
    "record_name",
    "references",
    "refused",
    "refused_in_batch",
    "repeat_key",
    "reporter",
    "required_references",
    "resources_read",
    "results_of",
    "row_queries",
    "run_batch",
    "same_json",
    "send_batch",
    "sheets",
    "showable",
    "shown",
    "shown_by_both",
    "single_records",
    "singular",
    "smaller",
    "stamp",
    "states_of",
    "tells_of_any",
    "tells_of_state",
    "text_of",
    "thing_of",
    "told_missing",
    "told_tally",
    "tree_of",
    "trees",
    "unique_members",
    "unlike_replies",
    "update_item",
    "usable",
    "values_outside",
    "variants",
    "version_header",
    "walk",
    "ways",
    "within",
    "words_of",
]
