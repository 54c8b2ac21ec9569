"""Where the page and the routes find the desk that `app.py` opens.

One instance in a module: whoever turns Streamlit's file watcher on (`.streamlit/config.toml` turns
it off) gets a second copy of it in the page at the first edit, and has to start the app again.
"""

from __future__ import annotations

from preflight import crosses
from preflight.site import Site, preset
from preflight.steps import Cross
from server.settings import Settings
from sessions.desk import Desk

NOT_STARTED = "This page was started without its server part: start app.py, as README.md says."


class FrontDesk:
    """The desk and the settings it was opened with, or the sentence why there is none."""

    def __init__(self) -> None:
        self.desk: Desk | None = None
        self.settings = Settings()
        self.problem: str | None = NOT_STARTED

    def open(self, desk: Desk, settings: Settings) -> None:
        """From now on sessions can be started."""
        self.desk, self.settings, self.problem = desk, settings, None

    def refuse(self, problem: str) -> None:
        """No session can be started, and `problem` is the sentence that says what to do."""
        self.desk, self.problem = None, problem

    def site(self, visitor: str) -> Site | Cross:
        """What a preflight of `visitor` tries out: the desk's service, with what is chosen."""
        if self.desk is None:
            return crosses.setting(self.problem or NOT_STARTED)
        return Site(
            client=self.desk.client,
            janitor=self.desk.janitor,
            visitor=visitor,
            choices=self.desk.choices(visitor)
            or preset(self.settings.avatar_id, self.settings.voice_id),
            faces=self.desk.catalog.visuals,
            simulated=self.settings.simulated,
            voice=self.desk.voice,
            admitted=self.desk.admitted,
        )


front_desk = FrontDesk()
