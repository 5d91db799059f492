"""Where in a written condition something stands: "all[1].where[0].prop"."""


def join(place: str, step: str) -> str:
    """The path of a step inside a place; either may be empty."""
    return f"{place}.{step}".strip(".").replace(".[", "[")
