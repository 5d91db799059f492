"""facts over HTTP: the plan, the timeline, products, costs, and the import wizard from upload to rejects."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from potager.core import jobs, store
from potager.core.journal import Fact
from potager.facts import loader, plan
from potager.org.models import Role, Staff
from tests.facts.feeding import event, offer, order
from tests.facts.imports.test_dirty import DIRTY, MAPPING
from tests.facts.test_columns import define
from tests.people.conftest import claim, member, signed_in

AT = datetime(2026, 10, 1, 4, tzinfo=UTC)


@pytest.fixture
def manager(warehouse):
    return signed_in(Role.MANAGER)


def send(client, method, path, body=None):
    return getattr(client, method)(f"/api/facts{path}", body, content_type="application/json")


def got(client, path, **query):
    answer = client.get(f"/api/facts{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestPlan:
    def test_events_with_what_was_heard_unplanned_first(self, manager):
        define("quiz", "score", "integer")
        offer(
            event("a", "quiz", AT, score="x"),
            event("b", "mystery", AT),
            order("o1", AT),
            order("o2", AT, status="created"),
        )
        loader.load_all()
        with store.write():
            plan.note_unplanned(["mystery"])
        items = got(manager, "/events")["items"]
        assert (items[0]["key"], items[0]["planned"], items[0]["count"]) == ("mystery", False, 1)
        heard = {item["key"]: item for item in items}
        assert heard["quiz"]["first_seen"] == heard["quiz"]["last_seen"] == "2026-10-01T04:00:00Z"
        assert heard["quiz"]["properties"] == [
            {"key": "score", "name_zh": "试", "name_en": "", "kind": "integer", "misfits": 1, "own": True}
        ]
        assert (heard["order_paid"]["count"], heard["order_paid"]["system"]) == (1, True)
        assert (heard["touch_sent"]["count"], heard["touch_sent"]["first_seen"]) == (0, None)

    def test_naming_and_typing(self, manager):
        assert send(manager, "put", "/events/quiz", {"name_zh": "测肤问卷"}).status_code == 204
        body = {"name_zh": "得分", "kind": "integer"}
        assert send(manager, "put", "/events/quiz/properties/score", body).status_code == 204
        (quiz,) = [item for item in got(manager, "/events")["items"] if item["key"] == "quiz"]
        assert (quiz["name_zh"], quiz["properties"][0]["name_zh"]) == ("测肤问卷", "得分")
        refused = send(manager, "put", "/events/order_paid", {"name_zh": "别名"})
        assert (refused.status_code, refused.json()["code"]) == (409, "plan.system")

    def test_readers_may_look_and_not_touch(self, warehouse):
        reader = signed_in(Role.READ_ONLY)
        assert got(reader, "/events")["total"] > 20
        assert send(reader, "put", "/events/quiz", {"name_zh": "测"}).status_code == 403
        assert send(reader, "put", "/events/quiz/properties/x", {"name_zh": "测", "kind": "text"}).status_code == 403
        assert reader.get("/api/facts/imports").status_code == 403
        assert reader.post("/api/facts/imports").status_code in {403, 422}


class TestTimeline:
    @pytest.fixture
    def buyer(self, manager):
        found = claim(member("M1"), at=AT)
        who = {"cid": found.cid, "iid": found.iid}
        items = [{"line": "1", "product": "A", "qty": 2, "amount": 900, "cost": 1}]
        refund = {"shop": "s", "refund_no": "r1", "order_no": "o1", "amount": 300}
        offer(
            event("v", "product_viewed", AT, product="A", channel="mini", **who),
            order("o1", AT.replace(hour=5), items=items, channel="mini", store="s1", discount=10, **who),
            Fact("refund", "order_refunded", "t", "r1", AT.replace(hour=6), refund),
            Fact("product", "product", "t", "A", AT, {"product": "A", "name": "水", "version": 1}),
            event("other", "product_viewed", AT, cid=found.cid + 1),
        )
        loader.load_all()
        return found.cid

    def test_newest_first_with_items_and_names(self, manager, buyer):
        items = got(manager, f"/customers/{buyer}/timeline")["items"]
        # The customer's own creation is no event; three things happened.
        assert [(item["at"], item["kind"], item["key"], item["name_zh"], item["amount_minor"]) for item in items] == [
            ("2026-10-01T06:00:00Z", "refund", "order_refunded", "订单退款", 300),
            ("2026-10-01T05:00:00Z", "order", "order_paid", "支付订单", 1000),
            ("2026-10-01T04:00:00Z", "event", "product_viewed", "浏览商品", None),
        ]
        assert items[0]["detail"] == {"order_no": "o1"}
        assert items[1]["detail"]["items"] == [{"line": "1", "product": "A", "name": "水", "qty": 2.0, "amount": 900}]
        assert items[2]["detail"] == {"channel": "mini", "product": "A", "product_name": "水"}
        assert (items[1]["channel"], items[1]["detail"]["store"], items[2]["channel"]) == ("mini", "s1", "mini")

    def test_filters_pages_and_permission(self, manager, buyer):
        keys = [item["key"] for item in got(manager, f"/customers/{buyer}/timeline", keys=["order_paid", "x"])["items"]]
        assert keys == ["order_paid"]
        older = got(manager, f"/customers/{buyer}/timeline", before="2026-10-01T05:00:00Z", limit=1)["items"]
        assert [item["key"] for item in older] == ["product_viewed"]
        assert manager.get("/api/facts/customers/999/timeline").status_code == 404
        stranger = signed_in(Role.STAFF, Staff.objects.create(key="wang", name="王"))
        assert stranger.get(f"/api/facts/customers/{buyer}/timeline").status_code == 404


def test_products_and_costs_are_listed(manager):
    offer(
        *(Fact("product", "product", "t", k, AT, {"product": k, "name": f"品{k}", "cost": 5}) for k in "ABC"),
        Fact("cost", "cost", "t", "c", AT, {"day": "2026-10-01", "source": "live", "channel": "", "amount": 7}),
    )
    loader.load_all()
    page = got(manager, "/products", size=2)
    assert ([item["product"] for item in page["items"]], page["total"]) == (["A", "B"], 3)
    assert [item["cost_minor"] for item in got(manager, "/products", search="品c")["items"]] == [5]
    assert got(manager, "/costs")["items"] == [
        {"day": "2026-10-01", "source": "live", "channel": "", "amount_minor": 7}
    ]


class TestImports:
    def upload(self, client):
        answer = client.post("/api/facts/imports", {"file": SimpleUploadedFile("订单.csv", DIRTY.encode("gb18030"))})
        assert answer.status_code == 201, answer.content
        return answer.json()

    def test_from_upload_to_rejects(self, manager):
        staged = self.upload(manager)
        assert (staged["file_name"], staged["state"]) == ("订单.csv", "staged")
        path = f"/imports/{staged['id']}"
        seen = send(manager, "post", f"{path}/preview", {"kind": "orders"}).json()
        assert (seen["encoding"], seen["delimiter"], seen["header"], seen["format"]) == ("gb18030", ",", True, "csv")
        assert seen["columns"] == ["订单号", "会员号", "付款时间", "实付金额", "状态", "备注"]
        assert len(seen["rows"]) == 12
        guessed = seen["mapping"]
        assert guessed["fields"] == {"order_no": "订单号", "ts": "付款时间", "amount": "实付金额", "status": "状态"}
        assert [(each["type"], each["column"]) for each in guessed["identities"]] == [("member_no", "会员号")]
        ask = {"kind": "orders", "mapping": MAPPING}
        checked = send(manager, "post", f"{path}/check", ask).json()
        assert {key: checked[key] for key in ("read", "would_load", "duplicate", "rejected", "complete")} == {
            "read": 12,
            "would_load": 4,
            "duplicate": 1,
            "rejected": 7,
            "complete": True,
        }
        assert checked["rejects"][0]["line"] == 6
        begun = send(manager, "post", f"{path}/start", ask)
        assert (begun.status_code, begun.json()["state"]) == (200, "running")
        again = send(manager, "post", f"{path}/start", ask)
        assert (again.status_code, again.json()["code"]) == (409, "import.started")
        assert jobs.run_due(["import"]) == 1
        done = got(manager, path)
        assert (done["state"], done["read"], done["loaded"], done["duplicate"], done["rejected"]) == (
            "finished",
            12,
            4,
            1,
            7,
        )
        assert got(manager, "/imports")["total"] == 1
        rejected = manager.get(f"/api/facts{path}/rejects")
        text = b"".join(rejected.streaming_content).decode("utf-8-sig")
        rejected.close()
        assert text.splitlines()[0] == "line,column,code,reason_zh,reason_en,value"
        assert len(text.splitlines()) == 8

    def test_an_unfit_mapping_is_refused_at_the_start_and_leaves_the_file_staged(self, manager):
        staged = self.upload(manager)
        path = f"/imports/{staged['id']}"
        refused = send(
            manager, "post", f"{path}/start", {"kind": "orders", "mapping": {"fields": {"order_no": "订单"}}}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "import.missing_field")
        assert got(manager, path)["state"] == "staged"
        assert manager.get(f"/api/facts{path}/rejects").status_code == 404
        assert manager.get("/api/facts/imports/999").status_code == 404

    def test_kinds_say_what_they_need(self, manager):
        kinds = {kind["kind"]: kind for kind in got(manager, "/imports/kinds")}
        assert kinds["orders"]["required"] == ["amount", "order_no", "ts"]
        assert (kinds["products"]["personal"], kinds["customers"]["personal"]) == (False, True)
