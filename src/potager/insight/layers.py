"""Layer models: the eight RFM cells with the ninth for non-buyers, and models of ordered conditions."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, JsonValue, TypeAdapter, ValidationError
from pydantic import Field as Schema

from potager.core import money
from potager.insight.conditions import Bound, bind_rule
from potager.insight.conditions.tree import problem_of
from potager.insight.fields import Fields, LayerField, refusal

# By (recent, often, much). Names of the mixed cells differ between authors; ours are fixed by this table.
RFM_CELLS: Final[Mapping[str, tuple[bool, bool, bool, str, str]]] = {
    "champion": (True, True, True, "重要价值", "Champions"),
    "develop": (True, False, True, "重要发展", "To develop"),
    "keep_high": (False, True, True, "重要保持", "To keep, high value"),
    "win_back": (False, False, True, "重要挽留", "To win back"),
    "raise_value": (True, True, False, "一般价值", "To raise in value"),
    "nurture": (True, False, False, "一般发展", "To nurture"),
    "keep_low": (False, True, False, "一般保持", "To keep, low value"),
    "let_go": (False, False, False, "一般挽留", "To let go"),
}
NO_ORDER: Final = "none"
# Segments of the quintile mode: by recency from 1 (longest ago) to 5, then by frequency and money together from 1 to 5.
SEGMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "top": ("核心客户", "Champions"),
    "loyal": ("忠诚客户", "Loyal"),
    "potential": ("潜力忠诚", "Potentially loyal"),
    "fresh": ("新近客户", "Recent"),
    "promising": ("有希望", "Promising"),
    "attention": ("需要关注", "Need attention"),
    "dozing": ("快要沉睡", "About to sleep"),
    "at_risk": ("流失风险", "At risk"),
    "cant_lose": ("不能失去", "Can't lose them"),
    "asleep": ("沉睡", "Asleep"),
    "lost": ("已流失", "Lost"),
}
SEGMENT_OF: Final[tuple[tuple[str, ...], ...]] = (
    ("lost", "lost", "at_risk", "at_risk", "cant_lose"),
    ("asleep", "asleep", "at_risk", "at_risk", "cant_lose"),
    ("dozing", "attention", "attention", "loyal", "loyal"),
    ("promising", "potential", "potential", "loyal", "top"),
    ("fresh", "potential", "potential", "top", "top"),
)


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mean(_Settings):
    """High means at least the average of buyers (days: at most)."""

    rule: Literal["mean"] = "mean"


class Median(_Settings):
    """High means at least the median of buyers (days: at most)."""

    rule: Literal["median"]


class Quantile(_Settings):
    """High means at or beyond the quantile `q` of buyers; days use 1 - q, so that the better end is high."""

    rule: Literal["quantile"]
    q: float = Schema(gt=0, lt=1)


class Fixed(_Settings):
    """Thresholds by decision: days at most `days`, orders at least `orders`, amount at least `amount` (major units)."""

    rule: Literal["fixed"]
    days: int = Schema(ge=0)
    orders: int = Schema(ge=1)
    amount: str


class Quintile(_Settings):
    """Scores from 1 to 5 by the fifths of buyers instead of high and low; equal values have equal scores."""

    rule: Literal["quintile"]


class RfmSettings(_Settings):
    """Orders of the last `days` business dates; thresholds over the customers who have any."""

    days: int = Schema(365, ge=1, le=3650)
    thresholds: Annotated[Mean | Median | Quantile | Fixed | Quintile, Discriminator("rule")] = Mean()

    @property
    def layers(self) -> dict[str, tuple[str, str]]:
        """The layers a customer may stand in, in order, with their names."""
        if isinstance(self.thresholds, Quintile):
            named = dict(SEGMENTS)
        else:
            named = {cell: (zh, en) for cell, (_, _, _, zh, en) in RFM_CELLS.items()}
        return named | {NO_ORDER: ("未购", "No order")}


class LayerRule(_Settings):
    key: str = Schema(pattern=r"^[a-z][a-z0-9_-]{0,63}$")
    zh: str
    en: str = ""
    when: JsonValue


class Otherwise(_Settings):
    key: str = Schema(pattern=r"^[a-z][a-z0-9_-]{0,63}$")
    zh: str
    en: str = ""


class OrderedSettings(_Settings):
    """Layers in order of precedence: a customer stands in the first whose condition holds, else in `else`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    layers: tuple[LayerRule, ...] = Schema(min_length=1)
    else_: Otherwise = Schema(alias="else")


def rfm_settings(written: Mapping[str, Any], fields: Fields) -> RfmSettings:
    """Read the settings of an RFM model.

    Raises Problem("insight.condition") with the place of the mistake.
    """
    settings: RfmSettings = _read(TypeAdapter(RfmSettings), written)
    if isinstance(settings.thresholds, Fixed):
        money.to_minor(settings.thresholds.amount, fields.currency)
    return settings


def ordered_settings(written: Mapping[str, Any]) -> OrderedSettings:
    """Read the settings of a model of ordered conditions.

    Raises Problem("insight.condition") with the place of the mistake.
    """
    settings: OrderedSettings = _read(TypeAdapter(OrderedSettings), written)
    keys = [layer.key for layer in settings.layers] + [settings.else_.key]
    if len(set(keys)) != len(keys):
        raise refusal("同一个分层标识出现了两次", "A layer key occurs twice", "layers")
    return settings


def bind_layers(settings: OrderedSettings, fields: Fields) -> tuple[list[tuple[str, Bound]], str]:
    """The ordered conditions by layer key, and the layer of the rest."""
    bound = [(layer.key, bind_rule(layer.when, fields, f"layers[{i}].when")) for i, layer in enumerate(settings.layers)]
    return bound, settings.else_.key


def layer_field(key: str, kind: str, settings: Mapping[str, Any], zh: str, en: str) -> LayerField:
    """What conditions and pages may know of a model: its layers in order, with their names."""
    if kind == "rfm":
        layers = _read(TypeAdapter(RfmSettings), settings).layers
    else:
        read = ordered_settings(settings)
        layers = {each.key: (each.zh, each.en) for each in read.layers}
        layers[read.else_.key] = (read.else_.zh, read.else_.en)
    return LayerField(key, layers, {"kind": kind, **settings}, zh, en)


def _read(adapter: TypeAdapter[Any], written: Mapping[str, Any]) -> Any:
    try:
        return adapter.validate_python(dict(written))
    except ValidationError as error:
        raise problem_of(error, written) from error
