"""Records of other modules that are taken to be there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.values.shown import shown
from mockserver.web.control.route import ControlRequest, Route, refusal
from mockserver.web.control.tenants import known_tenant
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class ElsewhereControl:
    """What ``--strict-references`` holds the keys into other modules to."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/tenants/<tenant>/elsewhere", self.known, "Elsewhere")
        yield Route("PUT", "/tenants/<tenant>/elsewhere/<module_resource>/<record_id>", self.meet, "Elsewhere")

    def known(self, _: ControlRequest, tenant: str) -> dict[str, list[str]]:
        """The keys of other modules' records that are taken to be there, by module and resource."""
        holder = known_tenant(self.world, tenant)
        with holder.work():
            return {name: sorted(keys) for name, keys in sorted((holder.elsewhere or {}).items())}

    def meet(self, sent: ControlRequest, tenant: str, module_resource: str, record_id: str) -> dict[str, list[str]]:
        """Take it that another module has a record, such as `people:contacts` and its id."""
        holder = known_tenant(self.world, tenant)
        if ":" not in module_resource:
            raise refusal("", f"{shown(module_resource, 80)} names no module", "write module:resource")
        if holder.elsewhere is None:
            raise refusal("", "keys into other modules are not checked", "start the mock with --strict-references")
        with holder.work():
            known, most = holder.elsewhere.get(module_resource, ()), self.world.settings.max_records
            if record_id not in known and len(known) >= most:
                problem = f"the tenant already knows {most} {module_resource[:80]}"
                raise refusal("", problem, "POST /__mock__/reset forgets them")
            holder.meet(module_resource, record_id)
        return self.known(sent, tenant)
