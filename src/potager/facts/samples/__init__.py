"""Real data to try the house with. Each sample is a folder of files with a mapping beside each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from potager.core import store
from potager.core.store import Lane
from potager.facts import plan
from potager.facts.imports import files, run
from potager.facts.imports.mapping import Kind, parse_yaml
from potager.facts.models import ImportRun
from potager.org.access import SYSTEM
from potager.people import attributes

_HERE = Path(__file__).parent
Say = Callable[[str, ImportRun], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """name, zone, currency and world_at are what the house is founded with: a world that stands just after the data.

    files  (stem, kind) in the order to load
    """

    folder: str
    name: str
    world_at: datetime
    zone: str
    currency: str
    files: tuple[tuple[str, Kind], ...]
    attributes: tuple[tuple[str, str, str], ...]
    events: tuple[tuple[str, str, str], ...]


SAMPLES = {
    "complete-journey": Sample(
        folder="complete_journey",
        name="The Complete Journey",
        world_at=datetime(2018, 1, 1, 9, tzinfo=ZoneInfo("America/New_York")),
        zone="America/New_York",
        currency="USD",
        files=(
            ("products", Kind.PRODUCTS),
            ("transactions", Kind.ORDER_ITEMS),
            ("coupon_redemptions", Kind.EVENTS),
            ("demographics", Kind.CUSTOMERS),
        ),
        attributes=(
            ("age", "年龄段", "Age"),
            ("income", "收入段", "Income"),
            ("home_ownership", "住房", "Home ownership"),
            ("marital_status", "婚姻", "Marital status"),
            ("household_size", "家庭人数", "Household size"),
            ("household_comp", "家庭构成", "Household composition"),
            ("kids_count", "子女数", "Children"),
        ),
        events=(("coupon_redeemed", "核销优惠券", "Coupon redeemed"),),
    )
}


def load(name: str, directory: Path | None = None, *, say: Say = lambda _file, _run: None) -> list[ImportRun]:
    """Import a sample into the founded house; loading it again adds nothing.

    directory  the same files from elsewhere, e.g. the full data set
    say        told of each file when it is in
    """
    sample = SAMPLES[name]
    with store.write(Lane.WEB):
        for key, zh, en in sample.attributes:
            attributes.define(SYSTEM, key, name_zh=zh, name_en=en, kind="text")
        for key, zh, en in sample.events:
            plan.define_event(SYSTEM, key, zh=zh, en=en)
    done = []
    for stem, kind in sample.files:
        mapping = parse_yaml((_HERE / sample.folder / f"{stem}.yaml").read_text(encoding="utf-8"))
        path = (directory or _HERE / sample.folder) / f"{stem}.csv.gz"
        content = files.keep(path)
        with store.write(Lane.WEB):
            staged = run.stage(SYSTEM, file_name=path.name, content=content)
            begun = run.begin(SYSTEM, staged, kind, mapping)
        done.append(run.work(begun.id))
        say(path.name, done[-1])
    return done
