"""The resources of a document in their last form: read, some of them parts of others, named."""

from __future__ import annotations

from mockserver.contract.schema_shape import Shapes
from mockserver.inference.held_lists import hold_lists
from mockserver.inference.meaning.kept_lists import empty_kept_lists
from mockserver.inference.meaning.marked_records import share_marked
from mockserver.inference.meaning.written_below import find_written_below
from mockserver.inference.reading.paths import PathTable
from mockserver.inference.records.callers_lists import share_callers_lists, share_schedules
from mockserver.inference.records.made_alone import made_alone
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import share
from mockserver.inference.whole_names import join_whole_names


def infer_resources(paths: PathTable, shapes: Shapes) -> Resources:
    """The resources of one document, each with all of its paths."""
    found = Resources(paths, shapes)
    hold_lists(found)
    find_written_below(found)
    found.collections |= {one.key: one for one in made_alone(found)}
    share(found)
    share_callers_lists(found)
    share_schedules(found)
    share_marked(found)
    empty_kept_lists(found)
    join_whole_names(found)
    found.settle()
    return found
