"""The presenter's desk, the stage's page and the phone's: their browser halves."""


def desk(*, channel: str, script: str, stage: str, key: str = "desk") -> None:
    """Shim."""
