"""Search over 50,000 scripts and questions: how long filling takes, and the time of a search over HTTP's own path.

    POTAGER_HOME=/tmp/bench PYTHONPATH=src python benchmarks/content.py [entries]

SQLite by default; POTAGER_DATABASE names a PostgreSQL server, where a database bench_content is made and dropped. Says
median, 95th percentile and most of 400 searches in milliseconds, and how many found something.
"""

import os
import random
import statistics
import sys
import tempfile
import time

os.environ.setdefault("POTAGER_HOME", tempfile.mkdtemp(prefix="potager-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, connections

from potager.content import present, search
from potager.content.models import Faq, Script, ScriptVersion
from potager.core import clock, house, store
from potager.core.store import Lane
from potager.org.access import SYSTEM

NAME = "bench_content"
PRODUCTS = [
    *("烟酰胺精华", "玻尿酸面膜", "氨基酸洁面", "神经酰胺面霜", "防晒乳", "修护喷雾", "眼霜", "卸妆膏", "身体乳"),
    *("护手霜", "米糊", "儿童奶粉", "净水器"),
]
STAGES = ["欢迎", "破冰", "需求", "推荐", "异议", "催单", "成交", "售后", "回购", "转介绍", "生日", "节日"]
FEELINGS = ["价格敏感", "怕刺激", "没时间", "要效果", "看口碑", "比价", "犹豫", "信任", "送礼", "囤货"]
PARTS = [
    *("敏感肌晚上怎么护肤", "第一次用会不会刺痛", "换季脸颊泛红起皮", "早上用几滴", "和防晒一起用要等几分钟"),
    *("孕期可以用吗", "开封后多久用完", "老客回购有什么优惠", "包裹什么时候发货", "收到有破损怎么办", "可以退换吗"),
    *("会员积分怎么用", "门店在哪里", "顾问几点下班", "孩子几岁能吃", "滤芯多久换一次", "味道能接受吗"),
    *("一瓶能用多久", "为什么比直播间贵", "油皮夏天会不会闷", "送妈妈选哪一款", "熬夜之后怎么急救"),
    *("先试小样再决定", "我帮您看看肤质", "今晚之前下单明天到", "您上次买的用得怎么样", "这周老师直播讲护肤"),
    "群里每天打卡有奖励",
]


def sentence(draw: random.Random) -> str:
    return "，".join(draw.sample(PARTS, draw.randint(3, 7))) + f"，{draw.choice(PRODUCTS)}{draw.randint(1, 9999)}号。"


def fill(entries: int) -> None:
    draw, now, scripts = random.Random(7), clock.wall(), entries * 4 // 5
    with store.write(Lane.IMPORT):
        Script.objects.bulk_create(
            [
                Script(
                    key=f"s{n}",
                    title=f"{draw.choice(STAGES)}：{draw.choice(FEELINGS)}时说{draw.choice(PRODUCTS)}",
                    changed_at=now,
                )
                for n in range(scripts)
            ],
            batch_size=2_000,
        )
        rows = list(Script.objects.order_by("id"))
        texts = {row.id: sentence(draw) for row in rows}
        ScriptVersion.objects.bulk_create(
            [
                ScriptVersion(
                    script=row,
                    kind="stage",
                    n=1,
                    texts={"text": texts[row.id]},
                    state="published",
                    written_by="bench",
                    written_at=now,
                    published_at=now,
                )
                for row in rows
            ],
            batch_size=2_000,
        )
        search.put_many("script", [(row.id, row.title, texts[row.id]) for row in rows])
        Faq.objects.bulk_create(
            [
                Faq(
                    key=f"f{n}",
                    question=f"{draw.choice(PRODUCTS)}{draw.choice(PARTS)}",
                    answers=[sentence(draw)],
                    keywords=[draw.choice(FEELINGS)],
                    changed_at=now,
                    changed_by="bench",
                )
                for n in range(entries - scripts)
            ],
            batch_size=2_000,
        )
        search.put_many("faq", [(row.id, row.question, row.answers[0]) for row in Faq.objects.order_by("id")])


def measure(times: int = 400) -> None:
    draw, took, found = random.Random(11), [], 0
    for n in range(times):
        words = [draw.choice(PRODUCTS), draw.choice(PARTS), draw.choice(STAGES), draw.choice(FEELINGS)]
        asked = [words[0], words[1], words[0] + words[1], words[2] + words[3], words[1][:2], "怎么", "用"][n % 7]
        begun = time.perf_counter()
        found += bool(present.hits(SYSTEM, asked, None, 20))
        took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    p95 = took[int(len(took) * 0.95)]
    print(
        f"{connection.vendor}: search p50 {statistics.median(took):.1f} ms  p95 {p95:.1f} ms  most {took[-1]:.1f} ms  "
        f"found {found}/{times}"
    )


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    postgres = connection.vendor == "postgresql"
    if postgres:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
            cursor.execute(f"CREATE DATABASE {NAME}")
        connection.close()
        connections.settings["default"]["NAME"] = connections["default"].settings_dict["NAME"] = NAME
    call_command("migrate", verbosity=0)
    if not house.is_founded():
        house.found("Bench", zone="Asia/Shanghai", currency="CNY")
    begun = time.perf_counter()
    fill(entries)
    print(f"{connection.vendor}: {entries:,} entries in {time.perf_counter() - begun:.1f} s")
    measure()
    if postgres:
        connection.close()
        connections.settings["default"]["NAME"] = connections["default"].settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {NAME}")


if __name__ == "__main__":
    main()
