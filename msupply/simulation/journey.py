"""The messages of one cycle on their way, and what happens to them there."""

from typing import TYPE_CHECKING

import httpx

from msupply.simulation.machine import Machine, PowerCut
from msupply.simulation.steps import Mishap, Trouble

if TYPE_CHECKING:
    from msupply.simulation.world import World


class Journey:
    """The messages of one cycle, counted, with what happens to each."""

    def __init__(self, world: "World", machine: Machine, mishaps: tuple[Mishap, ...]) -> None:
        self.world, self.machine, self.mishaps = world, machine, mishaps
        self.life = machine.life
        self.messages = 0
        self.broken = False

    def carry(self, request: httpx.Request) -> httpx.Response:  # noqa: C901  (a list of troubles)
        """Bring a message there and its answer back, or not. Raises TransportError."""
        world = self.world
        self.messages += 1
        world.deliver_late()
        troubles = {m.trouble: m for m in self.mishaps if m.at == self.messages}
        self.broken = self.broken or Trouble.LINE_BREAKS in troubles
        if (meanwhile := troubles.get(Trouble.MEANWHILE)) and meanwhile.step:
            world.perform(meanwhile.step)
            if self.machine.life != self.life:
                raise PowerCut
        if self.broken:
            self._trouble(Trouble.LINE_BREAKS, request)
        if Trouble.LOSE_REQUEST in troubles:
            self._trouble(Trouble.LOSE_REQUEST, request)
        if Trouble.CUT_REQUEST in troubles:
            world.deliver(request, request.content[: len(request.content) // 2])
            self._trouble(Trouble.CUT_REQUEST, request)
        if late := troubles.get(Trouble.LATE_COPY):
            world.hold_back(request, 1 + late.number % 6, self.machine.site_id)
            self._trouble(Trouble.LATE_COPY, request)
        if Trouble.REPEAT in troubles:
            world.tell(f"{title(request)} arrives twice")
            world.deliver(request)
        answer = world.deliver(request)
        if dies := troubles.get(Trouble.SITE_DIES_NEXT):
            self.machine.cut_power_at(1, before=dies.number % 4 > 0)
        if Trouble.LOSE_ANSWER in troubles:
            self._trouble(Trouble.LOSE_ANSWER, request)
        world.check_sent(self.machine.site_id, request, answer)
        if Trouble.CUT_ANSWER in troubles:
            world.tell(f"the answer to {title(request)} is cut short")
            content = answer.content[: len(answer.content) // 2]
            return httpx.Response(answer.status_code, content=content, request=request)
        return answer

    def _trouble(self, trouble: Trouble, request: httpx.Request) -> None:
        self.world.tell(f"{title(request)}: {trouble.value}")
        raise httpx.ReadError(trouble.value, request=request)


def title(request: httpx.Request) -> str:
    """Return what a story calls a request."""
    return f"{request.method} {request.url.path.rpartition('/')[2]}"
