"""Webhooks: who subscribed to which events, and what became of each delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockserver.errors import Problem, SetupError
from mockserver.runtime.webhook_signing import is_secret_of_webhook
from mockserver.values.hosts import refused_receiver
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant
from mockserver.web.control.route import ControlRequest, Route, missing
from mockserver.world import World

HAPPENINGS = ("created", "changed", "deleted", "*")


@dataclass(frozen=True, slots=True)
class WebhookControl:
    """Where events go, and how they get there."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/webhooks", self.all, "Webhooks")
        yield Route("POST", "/webhooks", self.register, "NewWebhook", body="webhook")
        yield Route("GET", "/deliveries", self.deliveries, "Deliveries", query=("after_number",))
        yield Route("POST", "/deliveries", self.deliver, "Delivered")
        yield Route("DELETE", "/webhooks/<name>", self.remove, "Webhooks")

    def all(self, _: ControlRequest) -> dict[str, Any]:
        """The webhooks there are, how many deliveries wait, and how many events found no room."""
        hooks = self.world.webhooks
        return {"webhooks": [one.described() for one in hooks.all()], "waiting": hooks.waiting(), "lost": hooks.lost}

    def register(self, sent: ControlRequest) -> dict[str, Any]:
        """Have events sent to a URL, signed with a secret that is shown this once."""
        if problems := [*self._problems(sent.body)]:
            raise SetupError(problems)
        events = tuple(sent.body.get("events", ("*",)))
        given = {name: value for name, value in sent.body.items() if name != "events" and value is not None}
        made = self.world.webhooks.register(events=events, **given)
        return {**made.described(), "secret": made.secret}

    def remove(self, _: ControlRequest, name: str) -> dict[str, Any]:
        """Forget a webhook and what waits for it."""
        if name not in (known := [one.id for one in self.world.webhooks.all()]):
            raise missing(f"no webhook {shown(name, 40)}", meant(name[:80], known) if known else "none is registered")
        self.world.webhooks.remove(name)
        return self.all(ControlRequest({}, {}))

    def deliveries(self, sent: ControlRequest) -> list[dict[str, Any]]:
        """Each attempt to deliver an event, oldest first, and what became of it."""
        return self.world.webhooks.attempts(int(sent.query.get("after_number", 0)))

    def deliver(self, _: ControlRequest) -> dict[str, int]:
        """Send all that waits now, whatever the clock says; each once."""
        return {"sent": self.world.deliverer.flush(), "waiting": self.world.webhooks.waiting()}

    def _problems(self, body: dict[str, Any]) -> Iterable[Problem]:
        if refused := refused_receiver(body["url"], self.world.settings.webhook_hosts):
            yield Problem("webhook", "/url", *refused)
        if (secret := body.get("secret")) is not None and not is_secret_of_webhook(secret):
            yield Problem("webhook", "/secret", "is not whsec_ and base64 of 24 to 64 bytes", "leave it out")
        resources = self.world.contract.resources
        for index, event in enumerate(body.get("events", ())):
            resource, _, happening = event.rpartition(".")
            if "*" in resource or event == "*" or (resource in resources and happening in HAPPENINGS):
                continue
            known = [f"{name}.{one}" for name in resources for one in HAPPENINGS]
            yield Problem("webhook", f"/events/{index}", f"{shown(event, 80)} never happens", meant(event[:80], known))
