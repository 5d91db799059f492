"""Settings an owner makes: write keys, the contact policy, and the switch that stops all sending."""

import re

from playwright.sync_api import Page, expect


def test_a_write_key_is_shown_once_and_can_be_revoked(owner: Page):
    owner.goto("/settings?tab=keys")
    owner.get_by_role("button", name="新建写入密钥").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_label("名称").fill("官网商城")
    dialog.get_by_label("标识").fill("Web Shop")
    dialog.get_by_role("button", name="新建写入密钥").click()
    expect(dialog.get_by_role("alert")).to_contain_text("小写字母")
    dialog.get_by_label("标识").fill("web-shop")
    dialog.get_by_role("button", name="新建写入密钥").click()

    shown = owner.get_by_role("dialog", name="「官网商城」的密钥")
    secret = shown.locator("code").first.inner_text()
    assert re.fullmatch(r"wk_\S{20,}", secret)
    body = {"userId": "u7", "event": "page_viewed", "writeKey": secret}
    assert owner.request.post("/v1/track", data=body).status == 200
    shown.get_by_role("button", name="已经存好，关闭").click()
    expect(shown).to_be_hidden()
    assert secret not in owner.content()

    row = owner.get_by_role("row").filter(has_text="web-shop")
    expect(row.get_by_text("使用中")).to_be_visible()
    row.get_by_role("button", name="吊销").click()
    owner.get_by_role("tooltip").get_by_role("button", name="吊销").click()
    expect(row.get_by_text("已吊销")).to_be_visible()
    assert owner.request.post("/v1/track", data=body).status == 401


def test_the_contact_policy_is_kept(owner: Page):
    owner.goto("/settings?tab=contact")
    save = owner.get_by_role("button", name="保存触达规则")
    expect(save).to_be_disabled()
    owner.get_by_label("免打扰开始").fill("20:00")
    first = owner.get_by_role("group", name="第 1 条上限")
    first.get_by_label("最多几条").fill("2")
    owner.get_by_role("button", name="再加一条上限").click()
    save.click()
    expect(save).to_be_disabled()

    owner.reload()
    expect(owner.get_by_label("免打扰开始")).to_have_value("20:00")
    expect(first.get_by_label("最多几条")).to_have_value("2")
    expect(owner.get_by_role("group", name="第 3 条上限")).to_be_visible()
    policy = owner.request.get("/api/touch/policy").json()
    assert policy["quiet"] == {"start": "20:00:00", "end": "08:30:00", "purposes": ["marketing"]}
    assert [(cap["limit"], cap["hours"]) for cap in policy["caps"]] == [(2, 24), (4, 168), (1, 24)]


def test_the_platforms_limit_and_the_budget_are_set(owner: Page):
    owner.goto("/settings?tab=contact")
    owner.get_by_label("按什么计算").click()
    owner.get_by_title("每周 7 条").click()
    owner.get_by_role("spinbutton", name="月度预算").fill("1200.5")
    owner.get_by_role("button", name="保存触达规则").click()
    expect(owner.get_by_text("正在生效")).to_be_visible()
    policy = owner.request.get("/api/touch/policy").json()
    assert policy["platform"] == {"per": "week", "limit": None}
    assert policy["budget"] == {"month_minor": 120_050, "purposes": ["marketing", "service"]}

    owner.reload()
    expect(owner.get_by_role("spinbutton", name="月度预算")).to_have_value("1200.50")
    owner.get_by_role("spinbutton", name="月度预算").fill("")
    owner.get_by_role("button", name="保存触达规则").click()
    expect(owner.get_by_text("正在生效")).to_be_visible()
    assert owner.request.get("/api/touch/policy").json()["budget"]["month_minor"] is None


def test_sending_stops_after_saying_what_that_does(owner: Page):
    owner.goto("/settings?tab=contact")
    owner.get_by_role("button", name="停发所有消息").click()
    dialog = owner.get_by_role("dialog", name="停发所有消息？")
    expect(dialog).to_contain_text("所有渠道、所有用途的消息立刻停发")
    expect(dialog).to_contain_text("还没发出的消息：0 条")
    dialog.get_by_role("button", name="取消").click()
    assert owner.request.get("/api/touch/stop").json() == {"stopped": False}

    owner.get_by_role("button", name="停发所有消息").click()
    dialog.get_by_role("button", name="停发", exact=True).click()
    expect(owner.get_by_role("heading", name="所有消息已停发")).to_be_visible()
    assert owner.request.get("/api/touch/stop").json() == {"stopped": True}

    owner.get_by_role("button", name="恢复发送").click()
    owner.get_by_role("dialog").get_by_role("button", name="恢复发送").click()
    expect(owner.get_by_role("heading", name="消息正常发送")).to_be_visible()
    assert owner.request.get("/api/touch/stop").json() == {"stopped": False}


def test_a_share_of_customers_is_held_out_and_drawn_anew(owner: Page):
    owner.goto("/settings?tab=contact")
    card = owner.get_by_role("region", name="全局对照：留一部分客户，任何旅程都不触达")
    expect(card.get_by_text("没有留白")).to_be_visible()
    card.get_by_label("留白比例").fill("5")
    card.get_by_role("button", name="保存比例").click()
    expect(card.get_by_text("第 1 轮，正在留白")).to_be_visible()
    assert owner.request.get("/api/evidence/holdout").json() == {"share": 500, "rotation": 1, "window_days": 90}
    card.get_by_role("button", name="换一轮").click()
    owner.get_by_role("tooltip").get_by_role("button", name=re.compile("确")).click()
    expect(card.get_by_text("第 2 轮，正在留白")).to_be_visible()
    assert owner.request.get("/api/evidence/holdout").json()["rotation"] == 2


def test_words_of_opting_out_the_hour_and_the_span_between_journeys_are_set(owner: Page):
    owner.goto("/settings?tab=contact")
    words = owner.get_by_role("combobox", name="退订词")
    words.fill("别再发了")
    words.press("Enter")
    owner.get_by_role("spinbutton", name="缺省时段").fill("19")
    owner.get_by_role("spinbutton", name="任意两个旅程的消息至少相隔").fill("48")
    first = owner.get_by_role("group", name="第 1 条上限")
    first.get_by_label("多长时间内").click()
    owner.locator(".ant-select-dropdown:visible").get_by_title("一个自然周").click()
    owner.get_by_role("button", name="再加一个互斥组").click()
    expect(owner.get_by_text("互斥组要有名字和至少两个旅程")).to_be_visible()
    owner.get_by_role("group", name="第 1 个互斥组").get_by_role("button", name="移除").click()
    owner.get_by_role("button", name="保存触达规则").click()
    expect(owner.get_by_text("正在生效")).to_be_visible()
    policy = owner.request.get("/api/touch/policy").json()
    assert policy["opt_out_words"] == {"*": ["退订", "拒收", "T", "TD", "N", "STOP", "unsubscribe", "别再发了"]}
    assert (policy["best_hour"], policy["exclusion"]["hours"], policy["exclusion"]["groups"]) == (19, 48, [])
    assert (policy["caps"][0]["per"], policy["caps"][0]["hours"]) == ("week", None)

    owner.reload()
    expect(owner.get_by_role("spinbutton", name="缺省时段")).to_have_value("19")
    expect(first).to_contain_text("一个自然周")
