"""Walking runs through a version's steps, many at a time. Decides and writes nothing: what a walk wants done is left
in each walker, for the write phase to do.

A walk goes on through instant steps until each walker rests (a wait, a task), is over, or has acted once and stands
before a step that must see the act written.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from potager.journeys.graph import Definition
from potager.journeys.nodes.node import Here, Node
from potager.journeys.walker import Knowing, Walker


def walk(definition: Definition, walkers: Iterable[Walker], known: Knowing, zone: ZoneInfo) -> None:
    """Move every walker as far as it goes now."""
    moving = list(walkers)
    while moving:
        groups: dict[str, list[Walker]] = defaultdict(list)
        for walker in moving:
            groups[walker.step].append(walker)
        for step_id, group in groups.items():
            step = definition.by_id.get(step_id)
            if step is None:
                for walker in group:
                    walker.end("step_gone")
            else:
                step.node.take(
                    Here(step.id, definition.next_of(step), definition.key), _able(step.node, group), known, zone
                )
        moving = [walker for walker in moving if not walker.resting]


def _able(node: Node, group: Sequence[Walker]) -> Sequence[Walker]:
    """Those who may take this step in this walk: one act at a time, and what follows must see it written."""
    if not node.alone:
        return group
    for walker in group:
        if walker.effect is not None:
            walker.stand(asks=node.asks)
    return [walker for walker in group if walker.effect is None]
