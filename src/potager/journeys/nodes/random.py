from collections.abc import Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from potager.core.ids import bucket_of
from potager.journeys.nodes.node import Here
from potager.journeys.nodes.split import Variant, Variants
from potager.journeys.parts import EVERYBODY, Subject
from potager.journeys.walker import Knowing, Walker


class Random(Variants):
    """People part by chance, each always the same way at this step; nothing is measured. A split is an experiment."""

    KIND: ClassVar[str] = "random"
    SUBJECTS: ClassVar[frozenset[Subject]] = EVERYBODY

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:  # noqa: ARG002
        for walker in group:
            variant = self._of(bucket_of(f"random:{here.journey}/{here.step}", walker.person_key))
            walker.go(variant.go, self.KIND, variant.key)

    def _of(self, bucket: int) -> Variant:
        reached = 0
        for variant, share in zip(self.root, self.share(), strict=True):
            reached += share.share
            if bucket < reached:
                return variant
        return self.root[-1]
