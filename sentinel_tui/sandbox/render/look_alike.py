"""The platform of the sandbox's world: a workspace, the doors of its services, and its API."""

from __future__ import annotations

from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.http.messages import Answer
from sentinel_tui.sandbox.network import Network
from sentinel_tui.sandbox.place import Place
from sentinel_tui.sandbox.render.api import KEY, STATUS_PATH, RenderApi
from sentinel_tui.sandbox.render.service import RenderService
from sentinel_tui.sandbox.render.workspace import Workspace
from sentinel_tui.sandbox.services.application import Application
from sentinel_tui.sandbox.services.render_edge import RenderEdge, SleepHabits


class RenderLookAlike:
    """Hosts services of the world in one workspace.

    Attributes:
        workspace: What the platform remembers, for whoever wants to look behind its API.
        api: The API; its `mishaps` befall the next writing calls.
        place: Where the API is.
        key: The key that the API takes.
    """

    def __init__(
        self, workspace: Workspace, network: Network, clock: Clock, habits: SleepHabits, seed: int
    ) -> None:
        """Host nothing yet.

        Args:
            workspace: An empty one.
            network: Leads to the API.
            clock: Times everything.
            habits: How free services start.
            seed: Decides how long their starts take.
        """
        self.workspace = workspace
        self.api = RenderApi(workspace, clock)
        self.place = Place.build(self.api, network, clock)
        self.key = KEY
        self._clock = clock
        self._habits = habits
        self._seed = seed
        self._hosts: dict[str, Host] = {}
        workspace.renewed.append(self._renew)

    @property
    def url(self) -> str:
        """Where the API begins."""
        return self.place.url

    @property
    def status_url(self) -> str:
        """Where the platform says whether it has trouble itself."""
        return f"{self.place.root}{STATUS_PATH}"

    def service(self, name: str) -> RenderService:
        """What the workspace knows of a service.

        Raises:
            KeyError: It hosts none of that name.
        """
        by_name = {one.name: one for one in self.workspace.services.values()}
        return by_name[name]

    def works(self, name: str) -> bool:
        """Whether what is deployed of a service works; what is not hosted here does."""
        found = [one for one in self.workspace.services.values() if one.name == name]
        return all(one.works for one in found)

    def take_in(self, application: Application, plan: str, network: Network) -> Place:
        """Host an application on a plan, in a place of its own."""
        service = self.workspace.add(application.name, "", plan)
        door = partial(self._door, application=application, service=service)
        place = Place.build(application, network, self._clock, door)
        self._hosts[service.id] = place.host
        return place

    def deploy_badly(self, name: str) -> str:
        """Have a commit that does not work, and deploy it.

        Returns:
            What happens now, in one line.

        Raises:
            KeyError: It hosts none of that name.
            Refused: The service is suspended.
        """
        service = self.service(name)
        commit = f"bad{len(service.deploys):04d}"
        if self.workspace.push(service, commit, healthy=False) is None:
            self.workspace.order_deploy(service, "manual", commit, healthy=False)
        return f"{name} gets a bad deploy, and answers with status 500 until it is rolled back"

    def mend(self, name: str) -> None:
        """Have what runs of a service work, whatever was deployed or restarted."""
        if name not in {one.name for one in self.workspace.services.values()}:
            return
        service = self.service(name)
        service.broken = service.dies_of_restart = False
        for deploy in service.deploys:
            deploy.healthy, deploy.slow_by_s = True, 0.0

    def _door(self, answer: Answer, application: Application, service: RenderService) -> RenderEdge:
        return RenderEdge(
            answer,
            service,
            self.workspace,
            self._habits,
            self._clock,
            seed=f"{self._seed}/{application.name}",
            eviction_at=application.eviction_at,
        )

    def _renew(self, service: RenderService) -> None:
        self._hosts[service.id].renew()
