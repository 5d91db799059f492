"""A first guess at a mapping from the names of the columns, for the wizard to start with."""

import re
from collections.abc import Mapping, Sequence

from potager.facts.imports.mapping import FIELDS, FileMapping, IdentityColumn, Kind

# Names as they are met in exports of shops, tills and WeCom tools, without blanks, _ and -, in lower case.
_FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "order_no": ("orderno", "orderid", "ordernumber", "basketid", "订单号", "订单编号", "主订单编号", "单号", "小票号"),
    "refund_no": ("refundno", "refundid", "退款编号", "退款单号", "售后编号"),
    "refund_of": ("originalorder", "原订单号", "原单号"),
    "ts": ("paidat", "paytime", "createdat", "timestamp", "transactiontimestamp", "time", "date", "orderdate",
           "付款时间", "支付时间", "下单时间", "创建时间", "时间", "日期", "发生时间", "退款时间"),
    "amount": ("amount", "total", "paid", "salesvalue", "revenue", "实付金额", "实收金额", "支付金额", "金额", "总金额",
               "退款金额", "费用", "花费"),
    "discount": ("discount", "优惠金额", "折扣", "优惠"),
    "status": ("status", "订单状态", "状态"),
    "shop": ("shop", "店铺", "店铺名称"),
    "store": ("store", "storeid", "门店", "门店编号"),
    "channel": ("channel", "渠道", "销售渠道", "触达通道"),
    "product": ("product", "productid", "sku", "skuid", "商品编号", "商品编码", "商品id", "货号"),
    "name": ("name", "productname", "customername", "商品名称", "品名", "姓名", "昵称", "客户名称", "名称"),
    "category": ("category", "productcategory", "department", "类目", "品类", "分类"),
    "brand": ("brand", "品牌"),
    "price": ("price", "unitprice", "单价", "售价", "价格"),
    "cost": ("cost", "成本", "成本价"),
    "qty": ("qty", "quantity", "数量", "件数"),
    "line": ("line", "lineno", "itemid", "子订单编号", "行号"),
    "life_days": ("lifedays", "使用天数", "使用周期"),
    "event": ("event", "eventname", "事件", "事件名称"),
    "message_id": ("messageid", "eventid", "事件编号", "消息编号"),
    "day": ("day", "date", "日期"),
    "source": ("source", "来源", "渠道来源"),
    "owner": ("owner", "staff", "userid", "归属人", "员工", "导购", "员工工号"),
    "first_seen": ("firstseen", "createdat", "addtime", "添加时间", "注册时间", "入会时间"),
    "updated_at": ("updatedat", "更新时间"),
    "version": ("version", "版本"),
}  # fmt: skip
_IDENTITY_NAMES: Mapping[str, tuple[str, ...]] = {
    "unionid": ("unionid",),
    "external_userid": ("externaluserid", "外部联系人id", "企微id"),
    "member_no": ("memberno", "memberid", "会员号", "会员编号", "会员卡号"),
    "customer_id": ("customerid", "客户编号", "客户id", "买家id"),
    "user_id": ("userid", "用户id", "用户编号"),
    "household_id": ("householdid", "家庭编号"),
    "openid": ("openid",),
    "phone": ("phone", "mobile", "tel", "手机号", "手机", "联系电话", "买家手机", "收货人手机", "电话"),
    "email": ("email", "mail", "邮箱", "电子邮箱"),
}
_NOISE = re.compile(r"[\s_\-./()（）]+")


def guess(kind: Kind, columns: Sequence[str]) -> FileMapping:
    """What the columns seem to be. It may lack required fields: the person decides."""
    plain = {_NOISE.sub("", column).lower(): column for column in reversed(columns)}
    required, optional = FIELDS[kind]
    fields: dict[str, str | list[str]] = {}
    for name in sorted(required) + sorted(optional):
        found = [plain[each] for each in _FIELD_NAMES.get(name, ()) if each in plain]
        free = [column for column in found if column not in fields.values()]
        if free:
            fields[name] = free[0]
    identities = []
    if kind not in {Kind.PRODUCTS, Kind.COSTS}:
        for type_, names in _IDENTITY_NAMES.items():
            found = [plain[each] for each in names if each in plain and plain[each] not in fields.values()]
            identities += [IdentityColumn(type=type_, column=found[0])] if found else []
    return FileMapping(fields=fields, identities=identities, derive_orders=kind == Kind.ORDER_ITEMS)
