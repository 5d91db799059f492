"""Metrics, funnels, retention, the focus list, charts and dashboards over HTTP, and who may."""

import pytest
from django.test import Client

from potager.core import store
from potager.insight import tables
from potager.insight.models import Chart, Dashboard, LayerModel, TagDefinition
from potager.org.access import SYSTEM
from potager.org.models import Account, AuditRow, Role, Staff
from potager.people import attributes
from potager.people.models import Source
from potager.playbooks import loader
from tests.hand_made import customer, order, put, put_events, refund, relation


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(Account.objects.create(login=f"{role}", role=role))
    return client


def send(client: Client, path: str, body: object = None, method: str = "post", **headers: str):
    return getattr(client, method)(f"/api/insight/metrics{path}", body, content_type="application/json", **headers)


@pytest.fixture
def garden(warehouse):
    Source.objects.create(key="store", name_zh="门店", name_en="Store")
    Staff.objects.create(key="lin", name="林晓")
    put(
        warehouse,
        "customer",
        [customer(1, "2026-09-01"), customer(2, "2026-10-03"), customer(3, "2026-10-05", source="")],
    )
    put(
        warehouse,
        "orders",
        [
            order("a", 1, "2026-09-10", 10_000, 4_000),
            order("b", 1, "2026-10-10", 20_000, 8_000),
            order("c", 2, "2026-10-31 23:59", 6_000, 9_000),
            order("d", 3, "2026-10-12", 5_000, None),
        ],
    )
    put(warehouse, "refund", [refund("r", "b", 1, "2026-10-20", 5_000)])
    put(warehouse, "relation", [relation(2, "lin", "2026-10-04")])
    return warehouse


@pytest.fixture
def owner(garden) -> Client:
    return client_of(Role.OWNER)


OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


class TestQuery:
    def test_cells_levels_labels_and_comparison(self, owner):
        body = {"measures": ["gmv", "gross_profit", "aov"], "by": ["source"], "compare": True, **OCTOBER}
        answer = send(owner, "/query", body).json()
        assert [row["by"] for row in answer["rows"]] == [{"source": "store"}, {"source": None}]
        store_row, nowhere = answer["rows"]
        assert store_row["now"]["gmv"] == {"value": 26_000, "numerator": 26_000, "denominator": 1, "why": None}
        assert store_row["before"]["gmv"]["numerator"] == 10_000
        assert store_row["now"]["aov"]["denominator"] == 2
        # A quarter of order b came back, with a quarter of its goods.
        assert store_row["now"]["gross_profit"]["numerator"] == 12_000 - 3_000 - (5_000 - 2_000)
        assert nowhere["now"]["gross_profit"]["value"] is None
        assert nowhere["now"]["gross_profit"]["why"]["zh"] == "这些订单的成本都不知道"
        assert answer["labels"]["source"]["store"] == {"zh": "门店", "en": "Store"}
        assert answer["whole"]["now"]["gmv"]["numerator"] == 31_000
        assert (answer["before_start"], answer["before_end"]) == ("2026-08-31", "2026-09-30")
        assert (answer["currency"], answer["more"], answer["sentence"]) == ("CNY", 0, "")

    def test_a_condition_narrows_whose_facts_count(self, owner):
        body = {"measures": ["gmv", "users"], "where": {"attr": "source", "op": "eq", "value": "store"}, **OCTOBER}
        answer = send(owner, "/query", body, HTTP_ACCEPT_LANGUAGE="en").json()
        assert answer["whole"]["now"]["gmv"]["numerator"] == 26_000
        assert answer["whole"]["now"]["users"]["numerator"] == 2
        assert answer["sentence"] == "source is store"

    def test_what_this_house_has_no_facts_of_is_never_zero(self, owner):
        answer = send(owner, "/query", {"measures": ["reach", "read_rate", "add_rate", "cac"], **OCTOBER}).json()
        said = {key: (each["value"], each["why"]["en"]) for key, each in answer["whole"]["now"].items()}
        assert said == {
            "reach": (None, "no touch has reached anybody yet"),
            "read_rate": (None, "no touch has reached anybody yet"),
            "add_rate": (None, "no event code_scanned is recorded yet"),
            "cac": (None, "no acquisition costs are recorded yet"),
        }

    def test_a_dimension_nobody_records_answers_with_the_reason(self, owner):
        answer = send(owner, "/query", {"measures": ["gmv"], "by": ["group"], **OCTOBER}).json()
        (row,) = answer["rows"]
        assert row["by"] == {"group": None}
        assert row["now"]["gmv"]["why"]["zh"] == "还没有社群的数据"

    def test_a_channel_that_tells_of_no_reads_has_no_read_rate(self, owner, garden):
        put(garden, "channel_dict", [{"id": 1, "key": "message"}, {"id": 2, "key": "sms"}])
        put_events(
            garden,
            [
                ("touch_delivered", 1, "2026-10-03", {"channel": 1}),
                ("touch_delivered", 2, "2026-10-03", {"channel": 2}),
            ],
        )
        with garden.write() as writer:
            writer.execute("UPDATE event_hot SET p_touch = seq, p_journey = 'welcome', p_step = 'hello'")
            writer.execute(
                "INSERT INTO event_type SELECT 2, 'touch_read'; INSERT INTO event_hot BY NAME "
                "SELECT * REPLACE (2 AS type) FROM event_hot WHERE channel = 1"
            )
        answer = send(owner, "/query", {"measures": ["reach", "read_rate"], "by": ["channel"], **OCTOBER}).json()
        rates = {row["by"]["channel"]: row["now"]["read_rate"] for row in answer["rows"]}
        assert (rates["message"]["numerator"], rates["message"]["denominator"]) == (1, 1)
        assert rates["sms"]["value"] is None
        assert rates["sms"]["why"]["zh"] == "没有经会回报已读的通道到达的触达"

    def test_periods_by_name(self, owner):
        answer = send(owner, "/query", {"measures": ["gmv"], "period": "last_month"}).json()
        assert (answer["start"], answer["end"]) == ("2026-10-01", "2026-10-31")
        answer = send(owner, "/query", {"measures": ["gmv"], "period": "7d", "as_of": "2026-10-12"}).json()
        assert (answer["start"], answer["end"], answer["whole"]["now"]["gmv"]["numerator"]) == (
            "2026-10-06", "2026-10-12", 25_000,
        )  # fmt: skip
        answer = send(owner, "/query", {"measures": ["gmv"], "period": "last_moth"})
        assert (answer.status_code, answer.json()["place"]) == (422, "period")

    def test_tags_audiences_and_attributes_cut(self, owner, garden):
        with store.write():
            attributes.define(SYSTEM, "city", name_zh="城市", name_en="City", kind="text")
        TagDefinition.objects.create(key="buyer", name_zh="买过两次", source="rule",
                                     rule={"event": "order_paid", "op": "gte", "value": 2})  # fmt: skip
        much = {"event": "order_paid", "measure": {"sum": "amount"}, "op": "gte", "value": "200.00"}
        often = {"event": "order_paid", "op": "gte", "value": 5}
        cases = {"cases": [{"value": "big", "when": much}, {"value": "big", "when": often}], "else": "small"}
        TagDefinition.objects.create(key="size", name_zh="大小", source="cases", rule=cases, value_kind="choice",
                                     options=["big", "small"])  # fmt: skip
        body = {"measures": ["gmv", "users"], **OCTOBER}

        def cut(by: str) -> dict:
            rows = send(owner, "/query", {**body, "by": [by]}).json()["rows"]
            return {row["by"][by]: (row["now"]["gmv"]["value"], row["now"]["users"]["value"]) for row in rows}

        assert cut("tag:buyer") == {"yes": (20_000, 1), "no": (11_000, 2)}
        assert cut("tag:size") == {"big": (20_000, 1), "small": (11_000, 2)}
        assert cut("attr:city") == {None: (31_000, 3)}

    def test_layers_on_the_last_day_and_on_the_day_before(self, owner, garden):
        LayerModel.objects.create(key="rfm", name_zh="RFM", kind="rfm", settings={})
        tables.opened()
        with garden.write() as writer:
            writer.execute(
                """INSERT INTO layer_history VALUES ('rfm', 1, 'nurture', DATE '2026-09-01', DATE '2026-10-11'),
                ('rfm', 1, 'champion', DATE '2026-10-11', NULL), ('rfm', 2, 'champion', DATE '2026-11-01', NULL),
                ('other', 2, 'nurture', DATE '2026-01-01', NULL)"""
            )

        def cut(by: str) -> dict:
            answer = send(owner, "/query", {"measures": ["gmv"], "by": [by], **OCTOBER}).json()
            assert answer["labels"][by]["champion"] == {"zh": "重要价值", "en": "Champions"}
            return {row["by"][by]: row["now"]["gmv"]["value"] for row in answer["rows"]}

        assert cut("layer:rfm") == {"champion": 20_000, None: 11_000}
        assert cut("layer_before:rfm") == {"nurture": 20_000, None: 11_000}

    def test_rows_beyond_the_limit_are_counted(self, owner):
        answer = send(owner, "/query", {"measures": ["gmv"], "by": ["day"], "limit": 10, **OCTOBER}).json()
        assert (len(answer["rows"]), answer["more"]) == (10, 21)

    @pytest.mark.parametrize(
        ("body", "place"),
        [
            ({"measures": ["gvm"]}, "measures[0]"),
            ({"measures": ["gmv"], "by": ["layer:none"]}, "by[0]"),
            (
                {"measures": ["gmv"], "where": {"all": [{"event": "order_paid", "within": "soon"}]}},
                "where.all[0].within",
            ),
            ({"measures": ["gmv"], "where": {"evnt": "order_paid"}}, "where"),
            ({"measures": ["gmv"], "from": "2026-10-31", "to": "2026-10-01"}, "from"),
        ],
    )
    def test_a_mistake_names_its_place(self, owner, body, place):
        answer = send(owner, "/query", body)
        assert (answer.status_code, answer.json()["place"]) == (422, place)

    def test_the_catalogue_says_what_each_measure_is_and_is_cut_by(self, owner):
        LayerModel.objects.create(key="rfm", name_zh="RFM", kind="rfm", settings={})
        found = send(owner, "/catalog", method="get").json()
        gmv = next(each for each in found["measures"] if each["key"] == "gmv")
        assert gmv["line"]["zh"] == "支付订单金额之和，退款前；按商品时为明细金额"
        assert "product" in gmv["cuts"]
        layer = next(each for each in found["dimensions"] if each["key"] == "layer")
        assert layer["options"] == [{"key": "rfm", "name": {"zh": "RFM", "en": "rfm"}}]


class TestWhoMay:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/query", {"measures": ["gmv"]}),
            ("/funnel", {"steps": [{"event": "order_paid"}, {"event": "order_paid"}]}),
            ("/retention", {"first": {"event": "order_paid"}, "back": {"event": "order_paid"}}),
            ("/focus", {"who": "staff"}),
        ],
    )
    def test_staff_see_no_numbers_about_everybody(self, garden, path, body):
        assert send(client_of(Role.STAFF), path, body).status_code == 403
        assert send(Client(), path, body).status_code == 401
        assert send(client_of(Role.READ_ONLY), path, body).status_code == 200

    def test_readers_may_not_keep_or_remove(self, garden):
        reader = client_of(Role.READ_ONLY)
        assert send(reader, "/charts/mine", CHART, "put").status_code == 403
        assert send(reader, "/dashboards/mine", BOARD, "put").status_code == 403
        assert send(client_of(Role.STAFF), "/reports", method="get").status_code == 403
        assert (Chart.objects.count(), Dashboard.objects.count()) == (0, 0)


def test_a_funnel_by_what_people_are(owner, garden):
    put_events(garden, [("product_viewed", cid, f"2026-10-0{cid + 1}", {}) for cid in (1, 2, 3)])
    body = {"steps": [{"event": "product_viewed"}, {"event": "order_paid", "where": [
        {"prop": "amount", "op": "gte", "value": "60.00"}]}], "within": 20, "by": "source", **OCTOBER}  # fmt: skip
    answer = send(owner, "/funnel", body).json()
    assert [(stage["name"]["zh"], stage["people"], stage["of_previous"]) for stage in answer["whole"]] == [
        ("浏览商品", 3, None), ("购买（金额 ≥ ¥60）", 1, 1 / 3),
    ]  # fmt: skip
    assert answer["whole"][1]["median_seconds"] == 8 * 86_400
    assert {group["value"]: [stage["people"] for stage in group["stages"]] for group in answer["groups"]} == {
        "store": [2, 1], None: [1, 0],
    }  # fmt: skip
    assert answer["open"] == 0
    answer = send(
        owner, "/funnel", {**body, "within": 30, "by": None, "where": {"event": "order_paid", "op": "gte", "value": 2}}
    )
    assert ([stage["people"] for stage in answer.json()["whole"]], answer.json()["open"]) == ([1, 1], 0)
    for by in ("channel", "month", "group"):
        assert send(owner, "/funnel", {**body, "by": by}).json()["place"] == "by"
    assert send(owner, "/funnel", {**body, "steps": [{"event": "order_piad"}, {"event": "order_paid"}]}).json()[
        "place"
    ] == ("steps[0].event")


def test_retention_of_first_orders(owner):
    body = {"first": {"event": "order_paid"}, "back": {"event": "order_paid"}, "grain": "month", "periods": 1,
            "from": "2026-09-01", "to": "2026-10-31"}  # fmt: skip
    answer = send(owner, "/retention", body).json()
    assert [(each["cohort"], each["people"], each["back"]) for each in answer["cohorts"]] == [
        ("2026-09", 1, [0, 1]), ("2026-10", 2, [0, None]),
    ]  # fmt: skip
    assert [(each["numerator"], each["denominator"]) for each in answer["overall"]] == [(0, 3), (1, 1)]
    where = {"where": {"attr": "source", "op": "eq", "value": "store"}}
    assert [each["people"] for each in send(owner, "/retention", {**body, **where}).json()["cohorts"]] == [1, 1]


CHART = {"key": "x", "name_zh": "GMV", "question": {"measures": ["gmv"], "by": ["day"], "period": "30d"}}
BOARD = {"key": "x", "name_zh": "我的看板", "charts": ["mine"]}


class TestReports:
    def test_a_chart_is_kept_shown_changed_and_removed(self, owner):
        assert send(owner, "/charts/mine", CHART, "put").json()["key"] == "mine"
        assert send(owner, "/dashboards/home", BOARD, "put").json()["charts"] == ["mine"]
        assert send(owner, "/charts/mine", {**CHART, "shape": "bar"}, "put").json()["used_by"] == ["home"]
        refused = send(owner, "/charts/mine", method="delete")
        assert (refused.status_code, refused.json()["code"]) == (409, "report.used")
        assert Chart.objects.filter(key="mine").exists()
        assert send(owner, "/dashboards/home", method="delete").status_code == 204
        assert send(owner, "/charts/mine", method="delete").status_code == 204
        assert send(owner, "/reports", method="get").json() == {"charts": [], "dashboards": []}
        assert list(AuditRow.objects.order_by("id").values_list("action", "subject")) == [
            ("chart.create", "chart:mine"),
            ("dashboard.create", "dashboard:home"),
            ("chart.change", "chart:mine"),
            ("dashboard.remove", "dashboard:home"),
            ("chart.remove", "chart:mine"),
        ]

    @pytest.mark.parametrize(
        ("change", "place"),
        [
            ({"question": {"measures": ["gvm"]}}, "question.measures[0]"),
            ({"question": {"measure": ["gmv"]}}, "question.measures"),
            ({"kind": "funnel", "question": {"steps": [{"event": "order_paid"}]}}, "question.steps"),
            ({"kind": "retention", "question": {"first": {"event": "x"}, "back": {"event": "order_paid"}}},
             "question.first.event"),
        ],
    )  # fmt: skip
    def test_a_question_that_cannot_be_asked_is_not_kept(self, owner, change, place):
        answer = send(owner, "/charts/mine", {**CHART, **change}, "put")
        assert (answer.status_code, answer.json()["place"]) == (422, place)
        assert Chart.objects.count() == 0

    def test_a_dashboard_shows_charts_there_are_each_once(self, owner):
        send(owner, "/charts/mine", CHART, "put")
        for charts, place in ((["mine", "none"], "charts[1]"), (["mine", "mine"], "charts[1]")):
            answer = send(owner, "/dashboards/home", {**BOARD, "charts": charts}, "put")
            assert (answer.status_code, answer.json()["place"]) == (422, place)
        assert send(owner, "/dashboards/none", method="delete").status_code == 404
        assert send(owner, "/charts/none", method="delete").status_code == 404

    def test_every_shipped_chart_can_be_asked(self, owner):
        with store.write():
            loader.load(SYSTEM)
        found = send(owner, "/reports", method="get").json()
        assert [board["key"] for board in found["dashboards"]] == ["lead", "activity", "content", "store"]
        paths = {"metrics": "/query", "funnel": "/funnel", "retention": "/retention"}
        for chart in found["charts"]:
            assert send(owner, paths[chart["kind"]], chart["question"]).status_code == 200, chart["key"]
            assert chart["used_by"]


class TestFocus:
    @pytest.fixture
    def crowd(self, garden):
        """Forty people from advertising who were written to by hand; every fourth of them bought."""
        people = range(100, 140)
        put(garden, "customer", [customer(cid, "2026-08-01", source="ad") for cid in people])
        put(garden, "orders", [order(f"n{cid}", cid, "2026-10-20", 2_000, 1_500) for cid in people if cid % 4 == 0])
        day = customer(1, "2026-10-03")["first_day"]
        put(garden, "channel_cost", [{"day": day, "source": "store", "amount": 700}])
        put_events(
            garden,
            [
                *(("touch_sent", cid, "2026-10-05", {"amount": 300}) for cid in people),
                *(("touch_confirmed", cid, "2026-10-05", {}) for cid in people),
                ("touch_sent", 100, "2026-11-01 08:00", {"amount": 9_999}),
            ],
        )

    def test_groups_are_judged_on_money_and_time_and_told_by_category(self, owner, crowd):
        body = {"who": "staff", "minutes": 3, "wage_minor": 6_000, **OCTOBER}
        answer = send(owner, "/focus", body).json()
        worst, *rest = answer["rows"]
        assert (worst["source"], worst["verdict"], worst["people"]) == ("ad", "stop", 40)
        # 10 × 500 earned, 40 × 300 of money, 40 × 3 minutes at 60.00 an hour.
        assert (worst["profit_minor"], worst["money_minor"], worst["minutes"]) == (5_000, 12_000, 120)
        assert (worst["return_minor"], worst["per_hour_minor"]) == (5_000 - 12_000 - 12_000, -3_500)
        # Per person −600 + 500 for a quarter: mean −475, variance of 40 people 500² × 0.25 × 0.75 × 40/39.
        assert worst["high_minor"] == pytest.approx(-475 + 1.96 * (46_875 * 40 / 39 / 40) ** 0.5)
        shares = {part["bought"]: (part["people"], part["return_minor"]) for part in worst["categories"]}
        assert shares == {True: (10, -1_000), False: (30, -18_000)}
        by_source = {row["source"]: row for row in rest}
        # 700 was spent on the one customer who came from the store in October.
        assert (by_source["store"]["money_minor"], by_source["store"]["profit_minor"]) == (700, 6_000)
        assert by_source["store"]["why"]["en"] == "too few people: 2, 30 are needed"
        assert by_source[None]["why"]["en"] == "item costs are missing: no return can be told"

    def test_without_money_and_time_the_same_people_are_worth_more_of_it(self, owner, crowd, garden):
        with garden.write() as writer:
            writer.execute("UPDATE event_hot SET amount = 0")
        answer = send(owner, "/focus", {"who": "audience:none", **OCTOBER})
        assert (answer.status_code, answer.json()["place"]) == (422, "who")
        (row,) = (
            each for each in send(owner, "/focus", {"who": "staff", **OCTOBER}).json()["rows"] if each["source"] == "ad"
        )
        assert (row["verdict"], row["return_minor"]) == ("grow", 5_000)

    def test_what_is_no_matter_of_people_is_refused(self, owner):
        assert send(owner, "/focus", {"who": "channel", **OCTOBER}).json()["place"] == "who"
