"""The document's paths, answered: whichever front took the request, it is answered here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from mockserver.change_events import publishing
from mockserver.exchange import answer
from mockserver.web.cors import CONTROL
from mockserver.web.health import probed
from mockserver.web.outgoing_reply import OutgoingReply, ReplyFinisher
from mockserver.web.path_match import Match, Paths
from mockserver.web.received_request import ReceivedRequest, request_of
from mockserver.world import World


class Api:
    """One mock's document as it is answered; kept with its application."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.paths = Paths(world.contract, by_host=world.settings.hosts)
        self._finisher = ReplyFinisher()
        world.due.publishing = partial(publishing, world)

    def probe(self, headers: Mapping[str, str]) -> OutgoingReply | None:
        """The reply to a probe of our health; None where the application has to judge who asks."""
        reply = probed(self.world, headers)
        return None if reply is None else self._finisher.finish(reply, None, accepted="", is_open=False)

    def answer(self, received: ReceivedRequest, found: Match | None, *, may_wait: bool = True) -> OutgoingReply:
        """The reply to what was received for the path ``found``; None: no path of the document.

        Never raises, but WouldWait where it may not wait and would have to.
        """
        template, values = found or ("", {})
        request = request_of(received, self.world.settings, template, values)
        observe = self.world.observe
        if observe is None:
            reply = answer(self.world, request, may_wait=may_wait)
        else:
            reply = observe(self.world, request, partial(answer, self.world, request, may_wait=may_wait))
        is_open = not request.path.startswith(CONTROL)
        accepted = request.headers.get("accept-encoding", "")
        origin = request.headers.get("origin", "")
        methods = self.paths.answered(template)
        return self._finisher.finish(reply, methods, accepted=accepted, is_open=is_open, origin=origin)
