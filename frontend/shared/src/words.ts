/** The field's words in both languages, keyed by the codes the API speaks. docs/words.md is the glossary. */

import type { Lang } from "./formats.ts";

export type Words = Readonly<Record<Lang, string>>;
type Family = Readonly<Record<string, Words>>;

const w = (zh: string, en: string): Words => ({ zh, en });

/** Whether a status is fine, wants an eye, or wants a hand. */
export type Tone = "calm" | "good" | "watch" | "bad";

export const STAGES: Family = {
  sense: w("感知", "Sense"),
  predict: w("预测", "Predict"),
  decide: w("决策", "Decide"),
  make: w("制造", "Make"),
  deliver: w("交付", "Deliver"),
  tell: w("告知", "Tell"),
  sell: w("销售", "Sell"),
  stock: w("库存", "Stock"),
  people: w("会员", "People"),
  tailor: w("定制", "Made to measure"),
};

const FAMILIES: Readonly<Record<string, Family>> = {
  order: {
    placed: w("待付款", "Awaiting payment"),
    deposit_paid: w("已付定金", "Deposit paid"),
    balance_due: w("待付尾款", "Balance due"),
    paid: w("已付款", "Paid"),
    paid_after_cancel: w("取消后付款", "Paid after cancel"),
    shipped: w("已发货", "Shipped"),
    delivered: w("已签收", "Delivered"),
    cancelled: w("已取消", "Cancelled"),
    forfeited: w("定金不退", "Deposit kept"),
    refunding: w("退款中", "Refunding"),
    refunded: w("已退款", "Refunded"),
  },
  campaign: {
    open: w("进行中", "Open"),
    reached: w("已成团", "Reached"),
    missed: w("未成团", "Missed"),
    closed: w("已结束", "Closed"),
  },
  purchase: {
    placed: w("待确认", "Placed"),
    confirmed: w("已确认", "Confirmed"),
    late: w("延期", "Late"),
    received: w("已到货", "Received"),
  },
  work: {
    open: w("已排产", "Planned"),
    running: w("生产中", "In production"),
    done: w("已完工", "Done"),
  },
  proposal: {
    open: w("待执行", "Open"),
    applied: w("已执行", "Applied"),
    rejected: w("已驳回", "Rejected"),
  },
  proposal_kind: {
    replenish: w("补货", "Replenish"),
    adjust: w("调整", "Adjust"),
    lot: w("开产批次", "Production lot"),
  },
  claim: {
    held: w("已占用现货", "Held from stock"),
    waiting: w("等待到货", "Waiting for supply"),
    done: w("已出库", "Issued"),
    released: w("已释放", "Released"),
  },
  notice: {
    queued: w("待发送", "Queued"),
    sent: w("已送达", "Sent"),
    uncertain: w("结果未知", "Uncertain"),
    failed: w("未送达", "Failed"),
  },
  scenario: {
    order_paid: w("付款成功", "Order paid"),
    deposit_paid: w("定金已付", "Deposit paid"),
    balance_due: w("尾款提醒", "Balance due"),
    deposit_forfeited: w("尾款逾期", "Deposit kept"),
    substitute_offered: w("替代方案", "Substitute offered"),
    campaign_reached: w("预售成团", "Presale reached"),
    campaign_missed: w("预售未成团", "Presale missed"),
    delay: w("延误说明", "Delay"),
    shipped: w("发货通知", "Shipped"),
    refunded: w("退款通知", "Refunded"),
    back_in_stock: w("到货提醒", "Back in stock"),
    launch: w("开售提醒", "On sale"),
  },
  door: {
    subscribe: w("订阅消息", "Subscribe message"),
    user_notify: w("订单卡片", "Order notify card"),
    customer_service: w("客服消息", "Customer-service message"),
    template: w("模板消息", "Template message"),
    mass: w("群发", "Mass message"),
    order_page: w("订单页", "Order page"),
  },
  obstacle: {
    stranger: w("无渠道", "No way known"),
    blocked: w("已拉黑", "Blocked"),
    left: w("已取关", "Follows no more"),
    consent_spent: w("订阅次数用完", "Consents used"),
    window_closed: w("客服窗口已关", "Window closed"),
    slots_used: w("群发次数用完", "Mass messages used"),
    door_shut: w("渠道额度用完", "Quota used"),
  },
  mark: {
    D: w("官方文档", "official document"),
    V: w("SDK 源码", "an SDK's source"),
    C: w("社区反馈", "community report"),
    U: w("未核实", "our own cautious reading"),
  },
  per: {
    minute: w("每分钟", "per minute"),
    day: w("每天", "per day"),
    month: w("每月", "per month"),
  },
  attempt: {
    trying: w("发送中", "trying"),
    sent: w("接受", "taken"),
    refused: w("被拒", "refused"),
    lost: w("无回音", "no answer"),
  },
  shipment: {
    handed_over: w("待揽收", "Awaiting pick-up"),
    picked_up: w("已揽收", "Picked up"),
    moving: w("运输中", "Moving"),
    out_for_delivery: w("派送中", "Out for delivery"),
    signed: w("已签收", "Signed"),
  },
  source: {
    stock: w("现货", "Stock"),
    inbound: w("在途", "Inbound"),
    purchase: w("采购", "Purchase"),
    production: w("生产", "Production"),
  },
  mode: {
    stock: w("现货", "In stock"),
    presale: w("预售", "Presale"),
  },
  signal: {
    view: w("浏览", "View"),
    favourite: w("收藏", "Favourite"),
    cart: w("加购", "Cart"),
    share: w("分享", "Share"),
    read: w("阅读", "Read"),
    search: w("搜索", "Search"),
    scan: w("扫码", "Scan"),
  },
  purpose: {
    order: w("订单履约", "Orders"),
    marketing: w("营销", "Marketing"),
    personalise: w("个性化", "Personalisation"),
    care: w("客户服务", "Care"),
  },
  account: {
    service_account: w("服务号", "Service account"),
    subscription_account: w("订阅号", "Subscription account"),
    mini_program: w("小程序", "Mini-program"),
  },
  role: {
    shop: w("商城", "Shop"),
    service: w("服务", "Service"),
    content: w("内容", "Content"),
    vertical: w("垂直", "Vertical"),
  },
  account_mode: {
    own_secret: w("自有密钥", "Own secret"),
    authorised: w("扫码授权", "Authorised"),
  },
  standing: {
    active: w("正常", "Active"),
    unauthorised: w("已取消授权", "Unauthorised"),
    down: w("被限制", "Limited by WeChat"),
    no_secret: w("未填密钥", "No secret yet"),
  },
  job: {
    due: w("待执行", "Due"),
    running: w("执行中", "Running"),
    done: w("已完成", "Done"),
    rejected: w("被拒绝", "Rejected"),
    lost: w("结果未知", "Lost"),
    off: w("已撤销", "Called off"),
    stuck: w("卡住", "Stuck"),
  },
  slip: {
    send: w("调拨发出", "Sent"),
    arrive: w("调拨到货", "Arrived"),
    quarantine: w("转入隔离", "Set apart"),
    clear: w("解除隔离", "Cleared"),
    count: w("盘点", "Counted"),
    adjust: w("调整", "Corrected"),
    receive: w("手工入库", "Received"),
    take_back: w("退货上架", "Taken back"),
  },
  motion: {
    "brand.load": w("载入品牌", "Load the brand"),
    "console.retry": w("控制台重试", "Retried in the console"),
    "console.stock": w("手工单据", "A slip in the console"),
    "console.receipt": w("登记到货", "A delivery taken in"),
    "import.orders": w("导入订单", "Orders imported"),
    "import.history": w("导入历史", "History imported"),
    "partner.arrived": w("供应商到货", "Supplier delivered"),
    "partner.reply": w("供应商答复", "Supplier replied"),
    "partner.report": w("车间报工", "Workshop reported"),
    "web.cancel": w("买家取消", "Buyer cancelled"),
    "web.checkout": w("买家下单", "Buyer checked out"),
    "web.member": w("会员资料", "Member's details"),
    "web.session": w("会员登录", "Member signed in"),
    "web.signals": w("浏览与点击", "Views and taps"),
    "wechat.pay": w("微信支付回调", "WeChat Pay called back"),
    "checkout.expire": w("付款时限", "Time to pay"),
    "web.aftersales": w("买家售后", "After-sales by the buyer"),
    "console.aftersales": w("处理售后", "After-sales answered"),
    "reconcile.night": w("夜间对账", "Nightly comparing of books"),
    "books.compare": w("下载账单并对账", "Fetch the bill and compare"),
    "presale.go_on": w("预售延期并告知", "let the presale go on and tell"),
    "console.campaign": w("发布预售", "Presale published"),
    "refunds.ask": w("请求部分退款", "Ask for a partial refund"),
    "presale.open": w("预售开团", "Presale opens"),
    "presale.close": w("预售截止", "Presale closes"),
    "filing.shipping": w("微信发货录入", "Enter shipping with WeChat"),
    "filing.special": w("长交期报备", "File the long promise"),
    "fulfil.ship": w("仓库出库", "Warehouse ships"),
    "nightly.forecast": w("夜间预测", "Nightly forecast"),
    "nightly.backtest": w("夜间检验", "Nightly back-test"),
    "nightly.articles": w("早晨读文章数据", "Morning article figures"),
    "rights.retain": w("删除到期信息", "Remove what is past its time"),
    "shelf.audit": w("夜间账实自检", "Nightly self-audit of stock"),
    "shelf.expire_lot": w("到期批次转隔离", "Expired lot to quarantine"),
    "announce.post": w("推送给外部系统", "Push to another system"),
    "announce.to_subscribers": w("通知订阅的外部系统", "Tell the systems that subscribed"),
    "tailor.check": w("检查定制文字", "Check the text of a piece"),
    "tell.send": w("发送消息", "Send the notice"),
    "pay.refund": w("微信退款", "Refund through WeChat"),
    "pay.close": w("关闭支付单", "Close the payment"),
    "pay.give_up": w("取消前先问微信", "Ask WeChat before cancelling"),
    "wechat.shipping": w("微信发货录入", "Enter shipping with WeChat"),
    "wechat.special_order": w("长交期报备", "File the long promise"),
    "sense.articles": w("读取文章数据", "Fetch article figures"),
    "predict.forecast": w("计算预测", "Compute the forecast"),
    "stock.audit": w("核对库存计数", "Sum the counters anew"),
    "predict.backtest": w("检验预测", "Test the forecast"),
    "hearing.one_person": w("合并触达账本", "join what WeChat lets us write"),
    "hearing.two_persons": w("分开触达账本", "part what WeChat lets us write"),
    "aftersales.put_back": w("退货上架", "put the goods back"),
    "aftersales.pay_back": w("登记售后退款", "owe the case's money"),
    "aftersales.close": w("了结售后单", "settle the case"),
    "refunds.request_part": w("安排部分退款", "book the partial refund"),
    "inform.confirm_part": w("告知部分退款到账", "tell of the partial refund"),
    "observe.sale": w("记入需求", "count it as demand"),
    "fulfil.start": w("安排拣货", "book the picking"),
    "fulfil.schedule": w("安排出库", "book the shipping"),
    "fulfil.give_back": w("归还库存", "give the stock back"),
    "fulfil.close": w("结单", "close the order"),
    "filing.long_promise": w("长交期报备", "file the long promise"),
    "inform.thank_buyer": w("告知买家", "thank the buyer"),
    "inform.explain_delay": w("说明延误", "explain the delay"),
    "inform.confirm_refund": w("告知退款", "confirm the refund"),
    "inform.tell_shipped": w("告知发货", "tell it shipped"),
    "refunds.late_payment": w("退回迟到付款", "return the late payment"),
    "refunds.request": w("申请退款", "ask for the refund"),
    "presale.set_deadline": w("设定截止", "set the deadline"),
    "presale.show_date": w("公布交期", "show the date"),
    "presale.start_making": w("开产", "start making"),
    "missed.make_good": w("致歉退款", "make good"),
    "missed.offer": w("提供替代商品", "offer a substitute"),
    "missed.let_go": w("放行其余商品", "let the rest go"),
    "balance.set_day": w("定尾款日", "set the balance's day"),
    "balance.open_window": w("通知付尾款", "ask for the balance"),
    "inform.thank_for_deposit": w("告知定金已付", "thank for the deposit"),
    "inform.tell_forfeited": w("告知定金不退", "tell of the kept deposit"),
    "shortage.replenish": w("自动补货", "replenish"),
    "shortage.move_promises": w("重新承诺", "move promises"),
    "shortage.move_work": w("工单顺延", "move the work that waits"),
    "shortage.move_promises_of_work": w("重新承诺", "move promises"),
    "shortage.put_away": w("入库上架", "put away"),
    "shelf.set_expiry": w("登记到期日", "note the expiry day"),
    "shortage.put_away_work": w("成品入库", "put the work away"),
    "shortage.use_materials": w("物料出库", "take the materials"),
    "nightly.propose": w("给出方案", "propose what to do"),
  },
  deadline: {
    due: w("等待中", "Waiting"),
    running: w("执行中", "Running"),
    done: w("已触发", "Fired"),
    off: w("已撤销", "Called off"),
    stuck: w("卡住", "Stuck"),
  },
};

const TONES: Readonly<Record<string, Tone>> = {
  "order.paid": "good",
  "order.deposit_paid": "good",
  "order.balance_due": "watch",
  "order.paid_after_cancel": "bad",
  "order.shipped": "good",
  "order.delivered": "good",
  "order.refunding": "watch",
  "campaign.open": "watch",
  "campaign.reached": "good",
  "campaign.missed": "bad",
  "purchase.confirmed": "good",
  "purchase.late": "bad",
  "purchase.received": "calm",
  "proposal.open": "watch",
  "proposal.applied": "good",
  "claim.held": "good",
  "claim.waiting": "watch",
  "notice.sent": "good",
  "notice.failed": "bad",
  "work.done": "good",
  "work.running": "watch",
  "shipment.signed": "good",
  "standing.active": "good",
  "standing.unauthorised": "bad",
  "standing.down": "bad",
  "standing.no_secret": "watch",
  "job.stuck": "bad",
  "job.rejected": "bad",
  "job.lost": "watch",
  "job.done": "good",
  "deadline.due": "watch",
  "deadline.stuck": "bad",
  "notice.uncertain": "watch",
  "attempt.sent": "good",
  "attempt.refused": "bad",
  "attempt.lost": "watch",
};

/** The word for `code` in `family`; an unknown code is shown as it is rather than hidden. */
export function word(family: string, code: string, lang: Lang): string {
  return FAMILIES[family]?.[code.toLowerCase()]?.[lang] ?? code;
}

/** How a status should be coloured. */
export function tone(family: string, code: string): Tone {
  return TONES[`${family}.${code.toLowerCase()}`] ?? "calm";
}

/** The codes a family knows, for filters. */
export function codes(family: string): readonly string[] {
  return Object.keys(FAMILIES[family] ?? {});
}

/** Regions are provinces under their short Chinese names; here is how they are written in English. */
const REGIONS_EN: Readonly<Record<string, string>> = {
  广东: "Guangdong",
  山东: "Shandong",
  河南: "Henan",
  江苏: "Jiangsu",
  四川: "Sichuan",
  河北: "Hebei",
  湖南: "Hunan",
  浙江: "Zhejiang",
  安徽: "Anhui",
  湖北: "Hubei",
  广西: "Guangxi",
  云南: "Yunnan",
  江西: "Jiangxi",
  辽宁: "Liaoning",
  福建: "Fujian",
  陕西: "Shaanxi",
  贵州: "Guizhou",
  山西: "Shanxi",
  重庆: "Chongqing",
  黑龙江: "Heilongjiang",
  新疆: "Xinjiang",
  甘肃: "Gansu",
  上海: "Shanghai",
  吉林: "Jilin",
  内蒙古: "Inner Mongolia",
  北京: "Beijing",
  天津: "Tianjin",
  海南: "Hainan",
  宁夏: "Ningxia",
  青海: "Qinghai",
  西藏: "Tibet",
  香港: "Hong Kong",
  澳门: "Macao",
  台湾: "Taiwan",
};

/** The regions people choose from, by their short Chinese names. */
export const REGIONS: readonly string[] = Object.keys(REGIONS_EN);

/** A region's name; an unknown region is shown as it is. */
export function region(name: string, lang: Lang): string {
  return lang === "zh" ? name : (REGIONS_EN[name] ?? name);
}

/** `stage.Event`, `web.checkout`, `presale.close` … the stage part of a kind. */
export function stageOf(kind: string): string {
  return kind.split(".")[0] ?? "";
}
