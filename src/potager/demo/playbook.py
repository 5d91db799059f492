"""What the brand's operators do: take the shipped playbook, put its SOPs live, call the sleepers, set a goal."""

import calendar
from datetime import timedelta
from importlib.resources import files as resources

from potager.core import choices, clock, store
from potager.core.store import Lane
from potager.demo import library
from potager.demo.parameters import Parameters, day_number
from potager.demo.response import JOURNEYS, REPURCHASE, WIN_BACK
from potager.goals import plan, queries
from potager.goals.plan import Plan
from potager.goals.standing import propose
from potager.goals.tree import Key
from potager.insight.metrics import Period
from potager.journeys import files, publish, starting
from potager.journeys.models import Journey
from potager.journeys.nodes.message import CHANNEL_SETTING
from potager.org.access import SYSTEM
from potager.playbooks import loader

_SOPS = resources("potager.playbooks") / "base" / "journeys"
SLEEPERS = {"audience": "dormant"}
# Reminders of orders older than this lie in the past.
ORDERS_BACK = 90
# The sleepers are called so many days before T, in time for 双11 and for their 30 days to be over at T.
RECALL_BEFORE = 31
# A month's GMV per customer, in fen: more than any month before has brought.
GOAL_PER_CUSTOMER = 11_000
_TASKS: tuple[tuple[Key, str, str, int], ...] = (
    ("customers_new", "双11 每单都放包裹卡，日报加好友数", "luoyi", 8),
    ("buyers_old", "10 月没有回购的老客，由顾问逐一问候", "suqing", 10),
    ("aov", "双11 套装搭配话术上线，全部门店培训完", "fangzhou", 9),
    ("first_order_rate", "新客第 4 天的首单建议改一版，和现在的对比", "moli", 22),
)


def equip(parameters: Parameters) -> None:
    """The base playbook: tags, layers, audiences, and the SOPs as drafts, speaking to the simulated phones."""
    with store.write(Lane.WEB):
        loader.load(SYSTEM)
        for key in JOURNEYS:
            sop = files.load((_SOPS / f"{key}.yaml").read_text("utf-8"))
            files.apply(SYSTEM, sop if parameters.window is None else sop | {"window": parameters.window})
        library.fill()
        choices.put(CHANNEL_SETTING, "sim_message")


def go_live() -> None:
    """Publish the three SOPs, and take in the orders whose reminder still lies ahead."""
    for key in JOURNEYS:
        with store.write(Lane.WEB):
            publish.publish(SYSTEM, Journey.objects.get(key=key))
    starting.catch_up(SYSTEM, Journey.objects.get(key=REPURCHASE), days=ORDERS_BACK)


def keep_calendar(parameters: Parameters, day: int) -> None:
    """What operators and staff do on the morning of this day: scripts are said, the sleepers called, a goal set."""
    library.use(day)
    if day == max(parameters.last_day - RECALL_BEFORE, parameters.replay_day):
        starting.start(SYSTEM, Journey.objects.get(key=WIN_BACK), SLEEPERS)
    if day == max(day_number(parameters.end.replace(day=1)), parameters.replay_day) and not queries.goals().exists():
        set_goal(parameters)


def set_goal(parameters: Parameters) -> None:
    """A GMV goal for the month of T, with owners and deadlines."""
    start = parameters.end.replace(day=1)
    month = Period(start, start.replace(day=calendar.monthrange(start.year, start.month)[1]))
    target = parameters.customers * GOAL_PER_CUSTOMER
    key = f"gmv-{start:%Y-%m}"
    levels = propose(month, target, clock.now())
    with store.write(Lane.WEB):
        name = f"{start.month} 月 GMV"
        plan.create(SYSTEM, Plan(key, name, month.start, month.end, target, "luoyi", levels))
        for node, title, owner, day in _TASKS:
            plan.add_task(SYSTEM, key, node=node, title=title, owner=owner, due=start + timedelta(days=day - 1))
