"""Personal data in what programs send: sealed before the journal, whatever depth it stands at."""

import base64
from collections.abc import Mapping
from typing import Any

from potager.core import crypto

# Sealed wherever they come, declared or not.
ALWAYS = frozenset({"phone", "mobile", "tel", "telephone", "email", "id_card", "idcard", "address", "password"})


def sealed(values: Mapping[str, Any], personal: frozenset[str]) -> dict[str, Any]:
    """`values` with every personal key's value replaced by {"sealed": …}; keys are compared in lower case."""
    return {key: _kept(key, value, personal) for key, value in values.items()}


def _kept(key: str, value: Any, personal: frozenset[str]) -> Any:
    if key.lower() in personal:
        if value is None or value == "":
            return value
        return {"sealed": base64.b64encode(crypto.seal(str(value), f"property|{key}".encode())).decode()}
    if isinstance(value, dict):
        return sealed(value, personal)
    if isinstance(value, list):
        return [_kept("", each, personal) for each in value]
    return value


def opened(key: str, kept: Mapping[str, str]) -> str:
    """The value `sealed` put away under this key."""
    return crypto.unseal(base64.b64decode(kept["sealed"]), f"property|{key}".encode())
