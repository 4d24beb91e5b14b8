"""Whether a commit may be deployed: its tests at GitHub, and a program of the owner's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.clock import Clock
from sentinel_tui.config.hosting import DeployOptions, is_on_this_machine
from sentinel_tui.domain.autonomy.actions import Action
from sentinel_tui.engine.watch import Watch
from sentinel_tui.errors import PlatformError

if TYPE_CHECKING:
    from sentinel_tui.platforms.checks import Checks
    from sentinel_tui.platforms.github import GitHub, Head

_ASK_AGAIN_S = 30.0


class Prechecks:
    """Asks whoever tests commits, as far as the configuration names somebody."""

    def __init__(self, clock: Clock, watch: Watch) -> None:
        """Ask nobody yet.

        Args:
            clock: The time.
            watch: All that is watched, with how its deploys are checked.
        """
        self._clock = clock
        self._watch = watch

    async def objection(self, action: Action) -> str:
        """Why what an action wants deployed must not be, or empty; waits for tests that run."""
        options = self._watch.service(action.service).options.deploy
        if options is None:
            return ""
        commit = str(action.arguments.get("commit", ""))
        if options.repo and (objection := await self._at_github(options, commit)):
            return objection
        return await self._by_command(options, action.service, commit) if options.command else ""

    async def passed(self, options: DeployOptions, commit: str) -> bool:
        """Whether the tests of a commit at GitHub have all ended, and well."""
        from sentinel_tui.platforms.checks import Outcome

        return (await self._asked(options, commit)).outcome is Outcome.PASSED

    async def newest(self, options: DeployOptions) -> Head:
        """The newest commit of the branch that is deployed.

        Raises:
            PlatformError: GitHub does not tell.
        """
        return await self._github(options).head(options.repo, options.branch)

    async def _at_github(self, options: DeployOptions, commit: str) -> str:
        # Deferred, like the platforms themselves: few services have their deploys checked.
        from sentinel_tui.platforms.checks import Outcome

        give_up_s = self._clock.elapsed_s() + options.timeout_s
        while True:
            checks = await self._asked(options, commit)
            match checks.outcome:
                case Outcome.PASSED:
                    return ""
                case Outcome.PENDING if self._clock.elapsed_s() < give_up_s:
                    await self._clock.sleep(_ASK_AGAIN_S)
                case _:
                    return f"the tests of the commit: {checks.text}"

    async def _asked(self, options: DeployOptions, commit: str) -> Checks:
        from sentinel_tui.platforms.checks import Checks, Outcome

        client = self._github(options)
        try:
            wanted = commit or (await client.head(options.repo, options.branch)).commit
        except PlatformError as error:
            return Checks(Outcome.UNKNOWN, f"GitHub does not tell: {error}")
        return await client.checks(options.repo, wanted)

    def _github(self, options: DeployOptions) -> GitHub:
        from sentinel_tui.platforms.github import GitHub

        api = options.github_api
        return GitHub(
            options.github_token,
            self._clock,
            base_url=api,
            allow_private=is_on_this_machine(api),
        )

    async def _by_command(self, options: DeployOptions, service: str, commit: str) -> str:
        from sentinel_tui.platforms.checks import Outcome, run_check

        checks = await run_check(options.command, service, commit, options.timeout_s)
        return "" if checks.outcome is Outcome.PASSED else f"your check: {checks.text}"
