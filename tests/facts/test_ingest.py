"""The Segment-spec endpoint: what it stores, what it refuses, and that nothing personal goes into the journal."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from potager.core import clock, journal, store
from potager.core.models import JournalEntry
from potager.facts import personal, plan, write_keys
from potager.facts.models import EventDefinition, PropertyKind
from potager.org.access import SYSTEM
from potager.people import attributes
from potager.people.models import Customer, HouseholdMember, Identity, Statement
from tests import journalled

AT = "2026-10-01T12:00:00Z"


@pytest.fixture
def secret(house) -> str:
    with store.write():
        return write_keys.issue(SYSTEM, "shop", name="小程序商城").secret


@pytest.fixture
def send(secret, client: Client):
    def send(call: str, body: object, *, key: str = secret, raw: bytes | None = None, **headers):
        basic = base64.b64encode(f"{key}:".encode()).decode()
        data = raw if raw is not None else json.dumps(body, ensure_ascii=False).encode()
        return client.post(
            f"/v1/{call}", data, content_type="application/json", headers={"Authorization": f"Basic {basic}"} | headers
        )

    return send


def batch(send, *items: dict, call: str = "batch", **envelope):
    answer = send(call, {"batch": list(items), **envelope})
    assert answer.status_code == 200, answer.content
    return answer.json()


def track(name: str, message_id: str = "", **fields) -> dict:
    item = {"type": "track", "userId": "u1", "event": name, "timestamp": AT, **fields}
    return item | ({"messageId": message_id} if message_id else {})


def told(kind: str = "event") -> list[journal.Fact]:
    return [entry.fact for entry in journalled.entries(0, 10_000) if entry.fact.kind == kind]


class TestStoring:
    def test_a_track_call_is_an_event_of_its_customer(self, send):
        assert batch(send, track("Button Clicked", "m1", properties={"color": "red"})) == {
            "success": True,
            "accepted": 1,
            "duplicates": 0,
            "rejected": [],
        }
        (fact,) = told()
        identity = Identity.objects.get()
        assert (fact.type, fact.source, fact.at, fact.body) == (
            "button_clicked",
            "wk:shop",
            datetime(2026, 10, 1, 12, tzinfo=UTC),
            {"color": "red"},
        )
        assert (fact.iid, fact.cid) == (identity.id, Customer.objects.get().id)
        assert (identity.type, identity.realm, identity.value) == ("user_id", "shop", "u1")

    def test_the_same_message_again_is_a_duplicate(self, send):
        batch(send, track("a", "m1"))
        assert batch(send, track("a", "m1"), track("a", "m2"))["duplicates"] == 1
        assert len(told()) == 2

    def test_without_message_id_the_content_is_the_key(self, send):
        batch(send, track("a"))
        assert batch(send, track("a"), track("a", properties={"n": 1}))["duplicates"] == 1

    def test_calls_of_every_type_have_their_address(self, send):
        for call, body in {
            "track": {"userId": "u1", "event": "tried"},
            "identify": {"userId": "u1", "traits": {"name": "安然"}},
            "group": {"userId": "u1", "groupId": "g1", "traits": {"name": "安家"}},
            "alias": {"userId": "u1", "previousId": "visitor"},
            "page": {"userId": "u1", "name": "首页"},
            "screen": {"anonymousId": "visitor", "name": "我的"},
        }.items():
            assert send(call, body).status_code == 200, call
        assert [(fact.type, fact.body) for fact in told()] == [
            ("tried", {}),
            ("page_viewed", {"name": "首页"}),
            ("page_viewed", {"name": "我的"}),
        ]
        customer = Customer.objects.get(state="live")
        assert customer.name == "安然"
        member = HouseholdMember.objects.select_related("household").get()
        assert (member.customer_id, member.household.key, member.household.name) == (customer.id, "shop:g1", "安家")

    def test_alias_joins_the_visitor_with_the_user(self, send):
        batch(send, {"type": "track", "anonymousId": "v1", "event": "a", "timestamp": AT})
        batch(send, track("b"))
        batch(send, {"type": "alias", "userId": "u1", "previousId": "v1"})
        assert len({i.customer_id for i in Identity.objects.all()}) == 1
        assert len(told("identity")) == 1

    def test_unknown_events_are_remembered_as_unplanned(self, send):
        batch(send, track("领取小样"), track("Product Viewed"))
        assert list(EventDefinition.objects.values_list("key", "planned")) == [("领取小样", False)]

    def test_a_source_is_the_campaign_else_the_key(self, send):
        batch(send, track("a"), track("a", userId="u2", context={"campaign": {"source": "xiaohongshu"}}))
        assert list(Customer.objects.order_by("id").values_list("source", flat=True)) == ["shop", "xiaohongshu"]


class TestTraits:
    def test_declared_ones_become_attributes_and_others_are_kept(self, send):
        with store.write():
            attributes.define(SYSTEM, "city", name_zh="城市", kind="text")
        batch(send, {"type": "identify", "userId": "u1", "traits": {"name": "安然", "city": "上海", "plan": "pro"}})
        customer = Customer.objects.get()
        assert (customer.name, customer.attrs) == ("安然", {"city": "上海"})
        assert Statement.objects.get().extras["plan"][0] == "pro"

    def test_a_value_that_does_not_fit_rejects_the_item_with_the_cure(self, send):
        with store.write():
            attributes.define(SYSTEM, "birthday", name_zh="生日", kind="date")
        (refused,) = batch(send, {"type": "identify", "userId": "u1", "traits": {"birthday": "soon"}})["rejected"]
        assert (refused["index"], refused["code"], refused["place"]) == (0, "people.attribute", "attrs.birthday")
        assert "2026-11-01" in refused["message"]
        assert Customer.objects.count() == 0

    def test_identities_among_traits_join(self, send):
        batch(send, {"type": "identify", "userId": "u1", "traits": {"phone": "138 0013 8000", "member_no": "M1"}})
        external = [{"id": "ox", "type": "openid", "collection": "mini"}]
        batch(
            send,
            track(
                "a", userId=None, anonymousId="v", context={"externalIds": external, "traits": {"phone": "13800138000"}}
            ),
        )
        cid = Customer.objects.get().id
        assert {i.type: (i.realm, i.customer_id) for i in Identity.objects.all()} == {
            "user_id": ("shop", cid),
            "member_no": ("shop", cid),
            "phone": ("", cid),
            "anonymous_id": ("shop", cid),
            "openid": ("mini", cid),
        }


class TestPersonal:
    def test_nothing_personal_is_in_the_journal(self, send):
        with store.write():
            plan.define_event(SYSTEM, "booked", zh="预约")
            plan.define_property(SYSTEM, "booked", "guest", zh="来客", kind=PropertyKind.TEXT, personal=True)
        traits = {
            "phone": "13800138000",
            "email": "An@example.com",
            "name": "安然",
            "address": "外滩 1 号",
            "tel": "021",
        }
        properties = {
            "guest": "陈一",
            "contact": {"Email": "an@example.com"},
            "people": [{"mobile": "13800138000"}],
            "n": 1,
        }
        batch(
            send,
            {"type": "identify", "userId": "u1", "traits": traits},
            track("booked", "m1", properties=properties, context={"traits": {"email": "an@example.com"}}),
        )
        text = json.dumps(list(JournalEntry.objects.values("body", "type", "source")), ensure_ascii=False)
        stored = json.dumps(list(Statement.objects.values("values", "extras")), ensure_ascii=False)
        for secret in ("13800138000", "example.com", "安然", "陈一", "外滩"):
            assert secret not in text
        assert "外滩" not in stored
        (fact,) = told()
        assert fact.body["n"] == 1
        assert personal.opened("guest", fact.body["guest"]) == "陈一"
        assert personal.opened("mobile", fact.body["people"][0]["mobile"]) == "13800138000"


class TestTime:
    def test_a_clock_that_is_wrong_is_corrected_by_sent_at(self, send):
        ahead = timedelta(days=90)
        happened = datetime(2026, 10, 1, 12, tzinfo=UTC) + ahead
        batch(send, track("a", timestamp=happened.isoformat()), sentAt=(clock.wall() + ahead).isoformat())
        assert abs(told()[0].at - datetime(2026, 10, 1, 12, tzinfo=UTC)) < timedelta(seconds=30)

    def test_a_clock_that_is_nearly_right_is_believed(self, send):
        batch(send, track("a", timestamp=AT), sentAt=clock.wall().isoformat())
        assert told()[0].at == datetime(2026, 10, 1, 12, tzinfo=UTC)

    def test_history_is_not_corrected(self, send):
        batch(send, track("a", timestamp=AT), call="import", sentAt="2020-01-01T00:00:00Z")
        assert told()[0].at == datetime(2026, 10, 1, 12, tzinfo=UTC)

    @pytest.mark.parametrize("timestamp", [None, "2027-01-01T00:00:00Z"])
    def test_without_timestamp_or_later_than_now_it_is_now(self, send, house, timestamp):
        batch(send, track("a", timestamp=timestamp))
        assert told()[0].at == house


class TestCommerce:
    ORDER = {
        "order_id": "A1",
        "total": 128.5,
        "discount": "10",
        "currency": "cny",
        "channel": "mini",
        "products": [{"product_id": "p1", "price": 64.25, "quantity": 2, "cost": "20.00"}, {"sku": "p2"}],
    }

    def test_order_completed_is_an_order(self, send):
        batch(send, track("Order Completed", "m1", properties=self.ORDER))
        (fact,) = told("order")
        assert (fact.type, fact.body) == (
            "order_paid",
            {
                "shop": "shop",
                "order_no": "A1",
                "version": journal.to_us(datetime(2026, 10, 1, 12, tzinfo=UTC)),
                "status": "paid",
                "amount": 12850,
                "discount": 1000,
                "channel": "mini",
                "store": "",
                "items": [
                    {"line": "1", "product": "p1", "qty": 2, "amount": 12850, "cost": 4000},
                    {"line": "2", "product": "p2", "qty": 1, "amount": None, "cost": None},
                ],
            },
        )

    def test_an_order_told_twice_counts_once_and_the_later_version_stands(self, send, warehouse):
        from potager.facts import loader

        batch(send, track("order_paid", "m1", properties={"order_id": "A1", "amount": 100, "version": 1}))
        batch(send, track("order_paid", "m2", properties={"order_id": "A1", "amount": 80, "version": 2}))
        batch(send, track("order_paid", "m3", properties={"order_id": "A1", "amount": 90, "version": 1}))
        batch(send, track("Order Refunded", "m4", properties={"order_id": "A1", "total": 80}))
        loader.load_all()
        rows = warehouse.query("SELECT shop, order_no, version, amount, cid, status FROM orders").to_pylist()
        cid = Customer.objects.get().id
        assert rows == [{"shop": "shop", "order_no": "A1", "version": 2, "amount": 8000, "cid": cid, "status": "paid"}]
        assert warehouse.query("SELECT amount, cid FROM refund").to_pylist() == [{"amount": 8000, "cid": cid}]

    def test_paid_at_dates_the_order_whenever_it_is_told(self, send):
        properties = {"order_id": "A1", "amount": 1, "status": "cancelled", "paid_at": "2026-09-01T00:00:00+08:00"}
        batch(send, track("Order Updated", properties=properties))
        (fact,) = told("order")
        assert (fact.type, fact.at) == ("order_cancelled", datetime(2026, 8, 31, 16, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("change", "place"),
        [
            ({"order_id": None}, "properties.order_id"),
            ({"total": "a lot"}, "properties.total"),
            ({"total": None}, "properties.amount"),
            ({"currency": "USD"}, "properties.currency"),
            ({"version": "2"}, "properties.version"),
            ({"status": "eaten"}, "properties.status"),
            ({"products": ["p1"]}, "properties.products[0]"),
            ({"products": [{"sku": "p1", "quantity": "2"}]}, "properties.products[0].quantity"),
            ({"products": [{"name": "x"}]}, "properties.products[0].product_id"),
            ({"paid_at": "yesterday"}, "properties.paid_at"),
        ],
    )
    def test_an_order_that_cannot_be_read_is_rejected_with_its_place(self, send, change, place):
        (refused,) = batch(send, track("Order Completed", properties=self.ORDER | change))["rejected"]
        assert refused["place"] == place
        assert told("order") == []

    def test_amounts_of_other_events_become_minor_units_too(self, send):
        batch(send, track("coupon_used", properties={"amount": 12.5}))
        assert told()[0].body == {"amount": 1250}


class TestRefusing:
    def test_bad_items_are_rejected_one_by_one_and_good_ones_kept(self, send):
        answer = batch(
            send,
            track("a", "m1"),
            {"type": "track", "event": "a"},
            {"type": "dance", "userId": "u1"},
            track(""),
            track("a", timestamp="yesterday"),
            track("a", userId={"id": 1}),
            track("touch_sent"),
            track("a", userId="u" * 201),
            {"type": "alias", "userId": "u1"},
            {"type": "group", "userId": "u1"},
            track("a", properties={"text": "x" * 33_000}),
            track("a", context={"externalIds": [{"id": "1", "type": "passport"}]}),
            {"type": "identify", "userId": "u1", "traits": {"phone": "无"}},
            "nonsense",
            track("a", "m2"),
        )
        assert answer["accepted"] == 2
        assert [(each["index"], each["code"], each["place"]) for each in answer["rejected"]] == [
            (1, "ingest.field", "userId"),
            (2, "ingest.field", "type"),
            (3, "ingest.field", "event"),
            (4, "ingest.field", "timestamp"),
            (5, "ingest.item", ""),
            (6, "ingest.reserved", "event"),
            (7, "ingest.field", "user_id"),
            (8, "ingest.field", "previousId"),
            (9, "ingest.field", "groupId"),
            (10, "ingest.too_large", ""),
            (11, "ingest.field", "context.externalIds"),
            (12, "people.identity", "traits.phone"),
            (13, "ingest.item", ""),
        ]
        assert len(told()) == 2

    def test_a_single_call_that_is_bad_is_400(self, send):
        answer = send("track", {"userId": "u1"}, **{"Accept-Language": "zh-CN"})
        assert (answer.status_code, answer.json()) == (
            400,
            {"code": "ingest.field", "message": "缺少事件名", "place": "event"},
        )

    def test_limits_answer_413_and_store_nothing(self, send):
        many = {"batch": [track("a", f"m{i}") for i in range(1001)]}
        long = {"batch": [track("a", f"m{i}", properties={"x": "y" * 20_000}) for i in range(30)]}
        for call, body in (("batch", many), ("batch", long), ("track", track("a", properties={"x": "y" * 33_000}))):
            answer = send(call, body)
            assert (answer.status_code, answer.json()["code"]) == (413, "ingest.too_large")
        squeezed = gzip.compress(json.dumps(long).encode())
        assert send("batch", None, raw=squeezed, **{"Content-Encoding": "gzip"}).status_code == 413
        assert told() == []

    def test_gzip_is_read(self, send):
        squeezed = gzip.compress(json.dumps({"batch": [track("a")]}).encode())
        assert send("batch", None, raw=squeezed, **{"Content-Encoding": "gzip"}).json()["accepted"] == 1
        damaged = send("batch", None, raw=b"no gzip", **{"Content-Encoding": "gzip"})
        assert (damaged.status_code, damaged.json()["code"]) == (400, "ingest.gzip")

    @pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"batch": 1}'])
    def test_a_body_that_is_no_batch_is_400(self, send, raw):
        answer = send("batch", None, raw=raw)
        assert (answer.status_code, answer.json()["code"]) == (400, "ingest.json")

    def test_only_post_is_answered_and_any_site_may_ask(self, client):
        assert client.get("/v1/track").status_code == 405
        answer = client.options("/v1/track")
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")


class TestKeys:
    def test_unknown_and_revoked_keys_are_401(self, send, secret, client):
        assert send("track", track("a"), key="wk_unknown").status_code == 401
        assert send("track", track("a"), key="").status_code == 401
        assert client.post("/v1/track", b"{}", content_type="application/json").status_code == 401
        broken = client.post("/v1/track", b"{", content_type="text/plain", headers={"Authorization": "Basic ÿÿ"})
        assert broken.status_code == 401
        with store.write():
            write_keys.revoke(SYSTEM, "shop")
        answer = send("track", track("a"))
        assert (answer.status_code, answer.json()["code"]) == (401, "ingest.write_key")
        assert told() == []

    def test_a_browser_may_carry_the_key_in_the_body(self, client, secret):
        single = json.dumps(track("a") | {"writeKey": secret})
        assert client.post("/v1/track", single, content_type="text/plain").status_code == 200
        many = json.dumps({"batch": [track("b")], "writeKey": secret})
        assert client.post("/v1/batch", many, content_type="text/plain").status_code == 200
        assert [fact.type for fact in told()] == ["a", "b"]
