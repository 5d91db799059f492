"""content.profile, speaking and winning: a customer's values, uses as facts, and win rates from them."""

from datetime import timedelta

import pytest
from django.test import Client

from potager.content import profile, speaking, winning
from potager.content.links.models import PersonalLink
from potager.content.models import Kind
from potager.content.profile import Profile
from potager.content.speaking import Said
from potager.content.winning import Record
from potager.core import clock, store
from potager.core.errors import Conflict, Forbidden, Problem
from potager.core.models import JournalEntry
from potager.facts import loader
from potager.insight import catalogue, refresh, tables
from potager.org.access import SYSTEM, Actor
from potager.org.models import Account, AuditRow, Role, Staff
from potager.people import attributes
from potager.people.identify import IdentityRef, resolve
from potager.people.models import Customer
from tests.content.conftest import published, send
from tests.content.links.conftest import made
from tests.insight.conftest import Plot, day, define_layers


@pytest.fixture
def plot(warehouse) -> Plot:
    return Plot(warehouse)


def product(plot: Plot, key: str, name: str) -> None:
    plot._put("product", {"product": key, "name": name})


def bought(plot: Plot, cid: int, on: str, amount: int, *products: str) -> None:
    k1, k2 = plot.order(cid, on, amount)
    for line, key in enumerate(products):
        plot._put(
            "order_item",
            {"k1": k1, "k2": k2, "line": str(line), "cid": cid, "product": key, "amount": 100 - line, "qty": 1},
        )


class TestProfile:
    def test_the_last_order_the_layer_and_attributes_are_known_by_both_names(self, plot):
        plot.customers(1)
        product(plot, "cream", "面霜")
        bought(plot, 1, "2026-09-01", 100, "soap")
        bought(plot, 1, "2026-10-20", 12_900, "cream", "soap", "mask")
        shop = Staff.objects.create(key="lin", name="林晓")
        with store.write():
            attributes.define(SYSTEM, "city", name_zh="城市", kind="text")
            attributes.define(SYSTEM, "id_card", name_zh="身份证", kind="text", personal=True)
        Customer.objects.update(owner=shop, attrs={"city": "上海", "id_card": {"sealed": "x"}})
        define_layers(
            "life",
            "ordered",
            layers=[{"key": "buyer", "zh": "买过", "en": "Buyer", "when": {"event": "order_paid"}}],
            **{"else": {"key": "other", "zh": "没买过", "en": "Never"}},
        )
        refresh.run()
        known = profile.of(Customer.objects.get(), "zh")
        assert known.is_old
        assert {name: known.values[name] for name in ("last_product", "last_amount", "last_order_day")} == {
            "last_product": "面霜、soap",
            "last_amount": "¥129",
            "last_order_day": "10 月 20 日",
        }
        assert (known.values["距上次天数"], known.values["下单次数"]) == ("12", "2")
        assert (known.values["layer.life"], known.values["城市"], known.values["员工姓名"]) == ("买过", "上海", "林晓")
        assert {"next_product", "store_name", "id_card", "身份证"} & known.values.keys() == set()

    def test_who_never_paid_is_new(self, plot):
        plot.customers(1)
        plot.order(1, "2026-10-20", 100, status="cancelled")
        known = profile.of(Customer.objects.get(), "zh")
        assert (known.is_old, dict(known.values)) == (False, {"customer_name": "客户1", "客户昵称": "客户1"})


class TestSaying:
    texts = {"new": "新", "old": "老{上次商品}"}

    def test_orders_choose_between_new_and_old(self):
        assert speaking.say(Kind.PSYCHOLOGY, self.texts, Profile(False, {})) == Said("new", "新", ())
        assert speaking.say(Kind.PSYCHOLOGY, self.texts, Profile(True, {"上次商品": "面霜"})).text == "老面霜"

    def test_what_is_missing_is_named(self):
        assert speaking.say(Kind.PSYCHOLOGY, self.texts, Profile(True, {})).missing == ("上次商品",)


def use(row, cid: int, *, actor: Actor = SYSTEM, said: Said | None = None) -> None:
    with store.write():
        speaking.use(actor, row, Customer.objects.get(id=cid), said or Said("text", "您好", ()))


class TestUsing:
    @pytest.fixture(autouse=True)
    def _people(self, two, plot):
        plot.customers(1, 2)

    def test_is_a_fact_once_a_day_for_each_customer(self):
        row = published()
        staff = Staff.objects.create(key="lin", name="林晓")
        use(row, 1, actor=Actor("lin", Role.STAFF, staff.pk))
        use(row, 1)
        use(row, 2)
        facts = JournalEntry.objects.filter(type="script_used").order_by("seq")
        assert [(fact.cid, fact.body) for fact in facts] == [
            (1, {"script": "hello", "script_version": row.pk, "staff": "lin"}),
            (2, {"script": "hello", "script_version": row.pk}),
        ]
        assert AuditRow.objects.filter(action="script.use").count() == 2

    def test_is_refused_to_readers_for_expired_versions_and_with_holes(self):
        row = published()
        with pytest.raises(Forbidden):
            use(row, 1, actor=Actor("viewer", Role.READ_ONLY))
        with pytest.raises(Problem, match=r"content\.variable") as refused:
            use(row, 1, said=Said("text", "", ("last_product",)))
        assert refused.value.zh.startswith("这位客户没有「上次商品」")
        published("您好呀")
        row.refresh_from_db()
        with pytest.raises(Conflict, match=r"version\.state"):
            use(row, 1)


class TestWinRate:
    def tell(self, plot: Plot, version: int, cid: int, on: str, **after) -> None:
        plot.event(cid, "script_used", day(on), p_script_version=version)
        for kind, at in after.items():
            if kind == "order_paid":
                plot.order(cid, at, 100)
            else:
                plot.event(cid, kind, day(at, 5))

    @pytest.fixture
    def open_plot(self, plot) -> Plot:
        """With the columns that properties of events have."""
        tables.opened(catalogue.load())
        return plot

    def test_a_reply_or_a_paid_order_within_seven_days_wins(self, open_plot):
        plot = open_plot
        plot.customers(*range(1, 9))
        self.tell(plot, 5, 1, "2026-10-01", message_replied="2026-10-02")
        self.tell(plot, 5, 2, "2026-10-01", touch_replied="2026-10-07")
        self.tell(plot, 5, 3, "2026-10-01", order_paid="2026-10-08")
        self.tell(plot, 5, 4, "2026-10-01", order_paid="2026-10-09")
        self.tell(plot, 5, 5, "2026-10-01", product_viewed="2026-10-02")
        self.tell(plot, 5, 6, "2026-10-30", message_replied="2026-10-31")
        plot.event(7, "message_replied", day("2026-09-30"))
        self.tell(plot, 6, 7, "2026-10-01")
        self.tell(plot, 7, 8, "2026-10-30")
        found = winning.records([5, 6, 7, 8])
        assert winning.records([6]) == {6: Record(1, 1, 0)}
        assert winning.records([]) == {}
        assert found == {5: Record(6, 5, 3), 6: Record(1, 1, 0), 7: Record(1, 0, 0)}
        assert found[5].rate == 0.6
        assert found[5].interval == pytest.approx((0.2307, 0.8824), abs=1e-4)
        assert (found[7].rate, found[7].interval) == (None, None)

    def test_uses_said_through_the_door_are_counted(self, two, warehouse):
        with store.write():
            (known,) = resolve([[IdentityRef("member_no", "shop", "1")]], at=[clock.now()])
        row = published()
        use(row, known.cid)
        loader.load_all()
        assert winning.records([row.pk]) == {row.pk: Record(1, 0, 0)}
        with clock.frozen(clock.now() + timedelta(days=8)):
            assert winning.records([row.pk]) == {row.pk: Record(1, 1, 0)}


def test_a_script_names_links_in_use_and_each_customer_gets_their_own(warehouse, two):
    def refused() -> str:
        with pytest.raises(Problem) as caught:
            published("看看{link:spring}", key="look")
        return caught.value.code

    assert refused() == "link.unknown"
    made()
    row = published("看看{link:spring}", key="see")
    with store.write():
        resolve([[IdentityRef("member_no", "shop", "1")]], at=[clock.now()], source=["store"])
    loader.load_all()
    cid = Customer.objects.get().id
    client = Client()
    client.force_login(Account.objects.get(login="owner"))
    shown = send(client, "post", "/scripts/preview", {"kind": "stage", "text": "看看{link:spring}", "cid": cid}).json()
    assert (shown["text"], PersonalLink.objects.count()) == ("看看http://127.0.0.1:8000/r/…", 0)
    said = [send(client, "post", f"/versions/{row.pk}/use", {"cid": cid}).json()["text"] for _ in range(2)]
    assert said == [f"看看http://127.0.0.1:8000/r/{PersonalLink.objects.get().token}"] * 2
