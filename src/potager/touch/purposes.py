"""What a message may be for."""

from typing import Literal

Purpose = Literal["marketing", "service", "transactional"]
