"""links.bots: customers' phones are let through, everything else is not taken for them."""

import pytest
from django.http.request import HttpHeaders

from potager.content.links.bots import is_machine
from tests.content.links.conftest import PHONE

READERS = [
    PHONE,
    (
        "Mozilla/5.0 (Linux; Android 13; V2219A Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
        "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F35) "
        "WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"
    ),
    (
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0.0.0 Safari/537.36 "
        "MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13)"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
        "wxwork/4.1.10 MicroMessenger/7.0.1 Language/zh ColorScheme/Light"
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; HarmonyOS; NOH-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0 "
        "HuaweiBrowser/13.0.1 Mobile Safari/537.36"
    ),
    "Mozilla/5.0 (Linux; Android 12; Cubot X30) AppleWebKit/537.36 Chrome/100 Mobile Safari/537.36",
    "Opera/9.80 (Android; Opera Mini/36.2/119; U; zh) Presto/2.12 Version/12.16",
]
MACHINES = [
    "",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 8_0) DingTalkBot-LinkService/1.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1; TencentTraveler )",
    "curl/8.5.0",
    "python-requests/2.31",
    "okhttp/4.9.3",
    "Dalvik/2.1.0 (Linux; U; Android 9)",
]


def by(agent: str = PHONE, method: str = "GET", **more: str) -> bool:
    return is_machine(method, HttpHeaders({"HTTP_USER_AGENT": agent, **more}))


@pytest.mark.parametrize("agent", READERS)
def test_a_customers_browser_is_no_machine(agent):
    assert not by(agent)


@pytest.mark.parametrize("agent", MACHINES)
def test_crawlers_previews_and_programs_are(agent):
    assert by(agent)


def test_a_phone_that_only_asks_whether_it_is_there_opens_nothing():
    assert by(method="HEAD")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("HTTP_PURPOSE", "prefetch"),
        ("HTTP_SEC_PURPOSE", "prefetch;prerender"),
        ("HTTP_X_PURPOSE", "preview"),
        ("HTTP_X_MOZ", "Prefetch"),
    ],
)
def test_a_browser_ahead_of_its_reader_is_one(header, value):
    assert by(**{header: value})
    assert not by(**{header: "navigate"})
