"""What happens in a world from the beginning to the end, and who holds what after each chapter."""

from dataclasses import dataclass, field

from msupply.sync.log import CycleStatus
from tests.contract.country import NORTH
from tests.contract.world import Holdings, World


@dataclass
class Chapter:
    """How things stand: the holdings and what was kept back, by site."""

    holdings: dict[int, Holdings]
    kept_back: dict[int, list[tuple[str, str, str]]]

    @classmethod
    def of(cls, world: World) -> "Chapter":
        """Look at every instance."""
        instances = world.instances.items()
        return cls(
            {site: instance.holdings() for site, instance in instances},
            {site: instance.quarantine() for site, instance in instances},
        )


@dataclass
class Story:
    """Everything is written, then nothing more to do, then changed; then a site starts anew."""

    world: World
    written: Chapter = field(init=False)
    idle_cycles: list[CycleStatus] = field(init=False)
    logs_before_idling: dict[int, object] = field(init=False)
    logs_after_idling: dict[int, object] = field(init=False)
    changed: Chapter = field(init=False)
    installed_again: Chapter = field(init=False)
    cycle_after: CycleStatus = field(init=False)

    def tell(self) -> None:
        """Let it happen."""
        world = self.world
        world.set_up()
        world.write_everything()
        self.written = Chapter.of(world)
        self.logs_before_idling = self._logs()
        self.idle_cycles = world.synchronise()
        self.logs_after_idling = self._logs()
        world.change_everything()
        self.changed = Chapter.of(world)
        world.install_again(NORTH)
        self.installed_again = Chapter.of(world)
        self.cycle_after = world.cycle(NORTH)

    def _logs(self) -> dict[int, object]:
        return {site: one.logs(places=True) for site, one in self.world.instances.items()}
