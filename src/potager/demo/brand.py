"""The brand: what it sells, where, through whom, and where its customers come from. Data only."""

from dataclasses import dataclass

NAME = "沐岚护肤"
CORP = "mulan"
SHOP = "mulan-mini"


@dataclass(frozen=True, slots=True)
class Product:
    """`price` and `cost` in fen; `life` is how many days one piece lasts, `pull` how often it is a first choice."""

    key: str
    name: str
    category: str
    price: int
    cost: int
    life: int
    pull: float
    skins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """A store of the brand. `weight` is its share of the customers who come through stores."""

    key: str
    name: str
    city: str
    region: str
    weight: float


@dataclass(frozen=True, slots=True)
class Member:
    """Someone on the staff; `store` is '' for people at headquarters, `fronts` says whether they own customers."""

    key: str
    name: str
    department: str
    store: str = ""
    fronts: bool = True


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of customers: its share, how eager its people are to buy, and what one new friend costs in fen."""

    key: str
    name: str
    name_en: str
    share: float
    eagerness: float
    price_sensitivity: float
    cost: int


SKINS = {"dry": "干性", "oily": "油性", "combination": "混合性", "sensitive": "敏感性", "normal": "中性"}
SKIN_SHARES = (0.24, 0.2, 0.3, 0.18, 0.08)

PRODUCTS = (
    Product("ML-C01", "山茶花氨基酸洁面乳 120g", "洁面", 8900, 2100, 60, 1.3),
    Product("ML-C02", "燕麦舒缓洁面慕斯 150ml", "洁面", 9900, 2400, 60, 0.9, ("sensitive", "dry")),
    Product("ML-C03", "绿泥控油洁面膏 100g", "洁面", 8500, 1900, 55, 0.7, ("oily", "combination")),
    Product("ML-T01", "白茶保湿柔肤水 200ml", "化妆水", 12900, 2900, 60, 1.1),
    Product("ML-T02", "金缕梅平衡水 200ml", "化妆水", 13900, 3100, 60, 0.7, ("oily", "combination")),
    Product("ML-T03", "积雪草修护喷雾 150ml", "化妆水", 10900, 2300, 45, 0.6, ("sensitive",)),
    Product("ML-S01", "烟酰胺焕亮精华 30ml", "精华", 23900, 5200, 45, 1.2),
    Product("ML-S02", "玻尿酸水光精华 30ml", "精华", 21900, 4600, 45, 1.0, ("dry", "normal")),
    Product("ML-S03", "神经酰胺屏障精华 30ml", "精华", 26900, 6100, 45, 0.9, ("sensitive", "dry")),
    Product("ML-S04", "视黄醇夜间紧致精华 30ml", "精华", 32900, 7900, 60, 0.5),
    Product("ML-M01", "积雪草修护面霜 50g", "面霜", 21900, 5100, 60, 1.0, ("sensitive",)),
    Product("ML-M02", "清爽水凝霜 50g", "面霜", 18900, 4200, 60, 0.9, ("oily", "combination")),
    Product("ML-M03", "乳木果滋养面霜 50g", "面霜", 22900, 5300, 60, 0.8, ("dry",)),
    Product("ML-M04", "松茸紧致抗皱霜 50g", "面霜", 39900, 9800, 75, 0.4),
    Product("ML-E01", "咖啡因淡纹眼霜 20g", "眼霜", 19900, 4300, 75, 0.7),
    Product("ML-E02", "胜肽提拉眼霜 20g", "眼霜", 29900, 7000, 75, 0.4),
    Product("ML-U01", "轻透水感防晒乳 SPF50 50ml", "防晒", 13900, 3300, 45, 1.0),
    Product("ML-U02", "敏感肌物理防晒霜 50ml", "防晒", 15900, 4000, 45, 0.5, ("sensitive",)),
    Product("ML-F01", "玻尿酸补水面膜 10 片", "面膜", 9900, 2200, 30, 1.3),
    Product("ML-F02", "山茶花舒缓面膜 10 片", "面膜", 11900, 2700, 30, 0.9, ("sensitive", "dry")),
    Product("ML-F03", "高岭土清洁泥膜 100g", "面膜", 12900, 2600, 45, 0.6, ("oily", "combination")),
    Product("ML-B01", "白茶身体乳 250ml", "身体护理", 9900, 2300, 50, 0.5),
    Product("ML-G01", "山茶花修护三件套", "套装", 42900, 10200, 60, 0.6),
    Product("ML-X01", "七日水光体验装", "体验装", 3900, 1500, 10, 0.8),
)
TRIAL = "ML-X01"

STORES = (
    Shop("sh-jingan", "上海静安店", "上海", "华东", 1.4),
    Shop("sh-xuhui", "上海徐汇店", "上海", "华东", 1.2),
    Shop("hz-hubin", "杭州湖滨店", "杭州", "华东", 1.2),
    Shop("nj-xinjiekou", "南京新街口店", "南京", "华东", 1.0),
    Shop("sz-suzhou", "苏州中心店", "苏州", "华东", 0.9),
    Shop("bj-sanlitun", "北京三里屯店", "北京", "华北", 1.3),
    Shop("bj-xidan", "北京西单店", "北京", "华北", 1.0),
    Shop("gz-tianhe", "广州天河店", "广州", "华南", 1.1),
    Shop("shenzhen-nanshan", "深圳南山店", "深圳", "华南", 1.2),
    Shop("cd-taikoo", "成都太古里店", "成都", "西南", 1.1),
    Shop("cq-jiefangbei", "重庆解放碑店", "重庆", "西南", 0.8),
    Shop("wh-chuhe", "武汉楚河汉街店", "武汉", "华中", 0.8),
)
CITIES = (
    *dict.fromkeys(store.city for store in STORES),
    *("西安", "长沙", "青岛", "厦门", "郑州", "天津", "合肥", "宁波"),
)
CITY_SHARES = (0.13, 0.08, 0.06, 0.05, 0.12, 0.08, 0.08, 0.08, 0.05, 0.05, *(0.0275,) * 8)

HEADQUARTERS = "总部"
DEPARTMENTS = {
    "hq": (HEADQUARTERS, None),
    "private": ("私域运营部", "hq"),
    "advisers": ("护肤顾问组", "private"),
    "live": ("直播运营组", "private"),
    "service": ("客户服务部", "hq"),
    "retail": ("零售部", "hq"),
    "retail-east": ("华东门店", "retail"),
    "retail-other": ("华北·华南·西南·华中门店", "retail"),
}

_STORE_STAFF = (
    ("chenyuxin", "陈雨欣"), ("zhouminmin", "周敏敏"), ("wujiayi", "吴佳怡"), ("xulinlin", "徐琳琳"),
    ("shenmengting", "沈梦婷"), ("luxiaoyan", "陆晓燕"), ("gujing", "顾静"), ("tangwenqi", "唐文琪"),
    ("qianyuhan", "钱雨涵"), ("sunyijia", "孙一佳"), ("wangzihan", "王子涵"), ("liusiyu", "刘思雨"),
    ("zhangruoxi", "张若曦"), ("zhaoqing", "赵晴"), ("huangyating", "黄雅婷"), ("liangshan", "梁珊"),
    ("hexinyi", "何欣怡"), ("linkeer", "林可儿"), ("yangxue", "杨雪"), ("jiangnan", "蒋楠"),
    ("dengjie", "邓洁"), ("pengfei", "彭菲"), ("yushiqi", "余诗琪"), ("caomeng", "曹梦"),
)  # fmt: skip
_OFFICE_STAFF = (
    ("suqing", "苏晴", "advisers"), ("baiyu", "白羽", "advisers"), ("jixiaoman", "季小满", "advisers"),
    ("ningan", "宁安", "advisers"), ("xiazhi", "夏栀", "advisers"), ("wenxi", "温夕", "advisers"),
    ("yeqiu", "叶秋", "advisers"), ("lanting", "兰亭", "advisers"), ("shuyan", "舒言", "advisers"),
    ("guyu", "谷雨", "live"), ("manqing", "满晴", "live"),
)  # fmt: skip
STAFF = (
    *(
        Member(
            key, name, "retail-east" if STORES[i // 2].region == "华东" else "retail-other", store=STORES[i // 2].key
        )
        for i, (key, name) in enumerate(_STORE_STAFF)
    ),
    *(Member(key, name, department) for key, name, department in _OFFICE_STAFF),
    Member("luoyi", "罗一", "private", fronts=False),
    Member("fangzhou", "方舟", "private", fronts=False),
    Member("moli", "莫黎", "private", fronts=False),
    Member("qinwan", "秦婉", "service", fronts=False),
    Member("duanhong", "段虹", "service", fronts=False),
)
FRONT = tuple(i for i, member in enumerate(STAFF) if member.fronts)
STORE_OF = {store.key: i for i, store in enumerate(STORES)}

SOURCES = (
    Origin("parcel", "包裹卡", "Parcel card", 0.27, 1.25, 0.45, 300),
    Origin("store", "门店", "Store", 0.24, 1.2, 0.35, 500),
    Origin("live", "视频号直播", "Channels live", 0.16, 0.95, 0.65, 900),
    Origin("article", "公众号", "Official account", 0.11, 0.8, 0.4, 400),
    Origin("xiaohongshu", "小红书", "Xiaohongshu", 0.12, 0.7, 0.55, 1200),
    Origin("referral", "老带新", "Referral", 0.1, 1.35, 0.35, 1500),
)
