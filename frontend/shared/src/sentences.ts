/**
 * One plain sentence per kind of event, in Chinese and English.
 *
 * The API gives facts (ids, days, amounts) and the names behind the ids; the wording lives here, so that the
 * console, the storefront and a test say the same thing. A sentence is a list of parts: text, and things a person
 * can open.
 */

import { count, day, type Lang, money, tail } from "./formats.ts";
import { type Tone, word, type Words } from "./words.ts";

export type Fact = string | number | boolean | null;
export type Facts = Readonly<Record<string, Fact>>;
export type Names = Readonly<Record<string, Words>>;

/** What a part opens when it is clicked. */
export type RefKind = "order" | "sku" | "campaign" | "purchase" | "work" | "notice" | "proposal" | "supplier";

export interface Part {
  readonly text: string;
  readonly ref?: { readonly kind: RefKind; readonly id: string };
}

interface Saying {
  readonly zh: string;
  readonly en: string;
  readonly tone: Tone;
  /** Shown in the feed by default; the rest only under "all events". */
  readonly isNews: boolean;
}

const say = (zh: string, en: string, tone: Tone = "calm", isNews = true): Saying => ({ zh, en, tone, isNews });

/** Slots: `{fact}` by its name, `{fact|form}` where the name does not tell the form. */
const SAYINGS: Readonly<Record<string, Saying>> = {
  "people.MemberJoined": say("新会员 {member} 加入", "Member {member} joined", "calm", false),
  "people.MembersParted": say("会员 {gone|id} 与 {kept|id} 分开", "Member {gone|id} parted from {kept|id}", "calm", false),
  "people.MembersMerged": say("会员 {gone|id} 并入 {kept|id}", "Member {gone|id} merged into {kept|id}", "calm", false),
  "people.MergeProposed": say("两个会员可能是同一个人,请判断", "Two members may be one person; please decide", "watch"),
  "people.MemberErased": say("会员 {member} 已注销", "Member {member} was erased"),
  "people.ConsentGiven": say("会员 {member} 同意:{purpose|purpose}", "Member {member} consented to {purpose|purpose}", "calm", false),
  "people.ConsentWithdrawn": say("会员 {member} 撤回同意:{purpose|purpose}", "Member {member} withdrew consent to {purpose|purpose}", "watch"),
  "predict.ForecastMade": say("完成 {skus} 个商品的需求预测", "Forecast made for {skus} products"),
  "predict.AnomalyFound": say(
    "{sku} {day} 需求 {actual} 件,超出预测带 {low}–{high}",
    "{sku} sold {actual} on {day}, outside the forecast band {low}–{high}",
    "watch",
  ),
  "decide.ProposalMade": say(
    "提出{proposal_kind|proposal_kind}建议 {proposal}:{sku} {qty} 件",
    "Proposed {proposal}: {proposal_kind|proposal_kind} {qty} of {sku}",
    "calm",
    false,
  ),
  "decide.ProposalApplied": say("建议 {proposal} 已执行:{sku} {qty} 件", "Proposal {proposal} applied: {qty} of {sku}", "good", false),
  "sell.OrderPlaced": say("订单 {order} 下单 {total_fen}", "Order {order} placed, {total_fen}", "calm", false),
  "sell.OrderPaid": say("订单 {order} 付款 {total_fen}", "Order {order} paid, {total_fen}", "calm", false),
  "sell.DepositPaid": say("订单 {order} 已付定金", "Order {order}: deposit paid", "calm", false),
  "sell.BalanceDue": say("订单 {order} 开付尾款", "Order {order}: the balance can be paid now", "calm", false),
  "sell.DepositForfeited": say("订单 {order} 尾款逾期,定金不退", "Order {order}: the balance was not paid, the deposit is kept", "watch", false),
  "sell.SubstituteOffered": say("订单 {order} 可换替代商品,等待买家选择", "Order {order}: a substitute is offered, the buyer chooses", "watch", false),
  "sell.LineSwapped": say("订单 {order} 换为 {sku}", "Order {order}: swapped for {sku}", "calm", false),
  "sell.LinesDropped": say("订单 {order} 的预售商品退款,其余照发", "Order {order}: its presale lines are given back, the rest ships", "watch", false),
  "sell.OrderCancelled": say("订单 {order} 取消:{why|why}", "Order {order} cancelled: {why|why}", "calm", false),
  "sell.PaidAfterCancel": say(
    "订单 {order} 在取消后到账,先设法补货,不成则退款",
    "Order {order} was paid after it was cancelled; its goods are secured again, or it is refunded",
    "bad",
  ),
  "sell.PaymentRefused": say("单号 {number|text} 收到不符的款项 {fen},需人工退回", "{fen} came for {number|text} and fits no order; send it back by hand", "bad"),
  "sell.CampaignOpened": say("{sku} 的预售 {campaign} 开团,满 {lot_qty} 件开产", "Presale {campaign} of {sku} opened; production starts at {lot_qty}"),
  "sell.CampaignReached": say(
    "{sku} 的预售 {campaign} 攒够 {qty} 件,第 {lot} 批开产",
    "Presale {campaign} of {sku} reached {qty}; lot {lot} goes into production",
    "good",
  ),
  "sell.CampaignExtended": say("{sku} 的预售 {campaign} 到期未满,按规则延期", "Presale {campaign} of {sku} was not full in time and goes on by its rule", "watch"),
  "sell.CampaignMissed": say("{sku} 的预售 {campaign} 到期未成团", "Presale {campaign} of {sku} missed its lot", "bad"),
  "sell.PromiseMoved": say(
    "订单 {order} 的承诺从 {was_day} 改到 {now_day}",
    "Order {order}: promise moved from {was_day} to {now_day}",
    "watch",
    false,
  ),
  "sell.OrderShipped": say("订单 {order} 发货", "Order {order} shipped", "calm", false),
  "sell.OrderDelivered": say("订单 {order} 签收", "Order {order} delivered", "calm", false),
  "sell.RefundDue": say("订单 {order} 待退款 {fen}", "Order {order}: refund of {fen} due", "watch", false),
  "sell.OrderRefunded": say("订单 {order} 已退款", "Order {order} refunded", "calm", false),
  "sell.PartRefundDue": say("订单 {order} 待退部分款 {fen}", "Order {order}: {fen} of it due back", "watch", false),
  "sell.PartRefunded": say("订单 {order} 部分退款到账", "Order {order}: a part refunded", "calm", false),
  "offers.VoucherUsed": say("订单 {order} 用券减免 {off_fen}", "Order {order} used a voucher: {off_fen} off", "calm", false),
  "offers.VoucherFreed": say("订单 {order} 的券已退回", "The voucher of order {order} can be used again", "calm", false),
  "offers.GroupOpened": say("新团 {group|text} 开团", "Group {group|text} opened", "calm", false),
  "offers.GroupCompleted": say("团 {group|text} 拼团成功,开始发货", "Group {group|text} is complete and ships", "good"),
  "offers.GroupFailed": say("团 {group|text} 到期未成团,全额退款", "Group {group|text} missed its members; everyone is refunded", "watch"),
  "returns.CaseAsked": say("订单 {order} 申请售后,等待答复", "Order {order}: the buyer asks something back and waits for an answer", "watch"),
  "returns.CaseApproved": say("订单 {order} 的售后已同意", "Order {order}: after-sales case approved", "calm", false),
  "returns.CaseRefused": say("订单 {order} 的售后已拒绝", "Order {order}: after-sales case refused", "watch", false),
  "returns.GoodsBack": say("订单 {order} 的退货收到", "Order {order}: the goods came back", "calm", false),
  "returns.ReplacementSent": say("订单 {order} 的换货已发出", "Order {order}: the replacement is on its way", "calm", false),
  "returns.RefundAgreed": say("订单 {order} 的售后同意退款 {fen}", "Order {order}: {fen} agreed to go back", "calm", false),
  "returns.CaseSettled": say("订单 {order} 的售后完成", "Order {order}: after-sales case settled", "good", false),
  "books.BooksDiffered": say("{day} 的微信账单与我方账目有 {differences|text} 处不符,请核对", "The bill of {day} and our books differ in {differences|text} places; look at them", "bad"),
  "stock.StockReceived": say("{sku} 入库 {qty} 件", "{qty} of {sku} received into stock", "good", false),
  "stock.LotReceived": say("{sku} 批次 {lot|text} 入库,{expires_day|day} 到期", "Lot {lot|text} of {sku} came in, good until {expires_day|day}", "calm", false),
  "stock.LotExpired": say("{sku} 批次 {lot|text} 到期,{qty} 件转入隔离区", "Lot {lot|text} of {sku} expired: {qty} went into quarantine", "watch"),
  "stock.CountersDiffered": say(
    "夜间自检:{sku} 在 {location|text} 的计数 {kept|text} 与流水 {told|text} 不符,请核对",
    "Self-audit: {sku} at {location|text} is counted {kept|text}, its ledger says {told|text}; look into it",
    "bad",
  ),
  "stock.SlipEntered": say("手工单据:{what|slip}", "By hand: {what|slip}", "calm", false),
  "stock.ClaimsFilled": say("订单 {order} 备齐,可发货", "Order {order} is filled and can ship", "calm", false),
  "stock.ReservationExpired": say("订单 {order} 的占用到期释放", "Order {order}: reservation expired", "calm", false),
  "stock.FellBelowSafety": say(
    "{sku} 跌破安全线:净可用 {net} / 安全线 {safety}",
    "{sku} fell below its safety line: net {net} against {safety}",
    "watch",
  ),
  "make.PurchasePlaced": say(
    "向 {supplier} 采购 {sku} {qty} 件({purchase}),预计 {expected_day}",
    "Bought {qty} of {sku} from {supplier} ({purchase}), expected {expected_day}",
  ),
  "make.PurchaseConfirmed": say("供应商 {supplier} 确认 {purchase}:{day|day} 到货", "{supplier} confirmed {purchase} for {day|day}", "good"),
  "make.SupplierDelayed": say(
    "供应商 {supplier} 将 {purchase} 从 {was_day} 推迟到 {now_day}",
    "{supplier} moved {purchase} from {was_day} to {now_day}",
    "bad",
  ),
  "make.PurchaseReceived": say("{supplier} 的 {purchase} 到货:{sku} {qty} 件", "{purchase} from {supplier} arrived: {qty} of {sku}", "good"),
  "make.WorkOpened": say("开工单 {work}:{sku} {qty} 件,{due_day} 完工", "Work order {work} opened: {qty} of {sku}, due {due_day}", "good"),
  "make.WorkMoved": say(
    "{work} 等物料 {material|text},完工从 {was_day} 改到 {now_day}",
    "{work} waits for {material|text}: done on {now_day} instead of {was_day}",
    "bad",
  ),
  "make.WorkDone": say("{work} 完工:{sku} {qty} 件", "{work} done: {qty} of {sku}", "good"),
  "deliver.Shipped": say("订单 {order} 交运,运单 {waybill|text}", "Order {order} handed to the carrier, waybill {waybill|text}", "calm", false),
  "deliver.ReadyToCollect": say("订单 {order} 已到店,等顾客自提", "Order {order} is ready to be collected", "good", false),
  "deliver.NotCollected": say("订单 {order} 逾期未取,商品回库、退款", "Order {order} was not collected: goods back, money back", "bad", false),
  "deliver.Delivered": say("订单 {order} 送达", "Order {order} arrived", "calm", false),
  "tell.NoticeSent": say("{scenario|scenario}经{door|door}送达 {member}", "{scenario|scenario} reached {member} by {door|door}", "calm", false),
  "tell.NoticeFailed": say("{scenario|scenario}未能送达 {member}", "{scenario|scenario} could not reach {member}", "bad", false),
};

const WHY: Readonly<Record<string, Words>> = {
  expired: { zh: "超时未付款", en: "not paid in time" },
  campaign_closed: { zh: "预售已截止", en: "presale closed" },
  campaign_missed: { zh: "预售未成团", en: "presale missed" },
  balance_unpaid: { zh: "尾款逾期未付", en: "balance not paid in time" },
  buyer: { zh: "买家取消", en: "buyer's choice" },
};

const REFS: Readonly<Record<string, RefKind>> = {
  order: "order",
  sku: "sku",
  campaign: "campaign",
  purchase: "purchase",
  work: "work",
  notice: "notice",
  proposal: "proposal",
  supplier: "supplier",
};

const MARKS: Readonly<Record<string, string>> = { purchase: "PO-", work: "WO-", campaign: "C-", proposal: "P-" };

/** `PO-7QK2M`, `#7QK2M`: how an id of one kind is written where it has no name. */
export function label(kind: string, id: string): string {
  return `${MARKS[kind] ?? "#"}${tail(id)}`;
}

function named(id: string, names: Names, lang: Lang): string | undefined {
  return names[id]?.[lang];
}

function formed(name: string, form: string, value: Exclude<Fact, null>, names: Names, lang: Lang): string {
  const text = String(value);
  if (form === "why") return WHY[text]?.[lang] ?? text;
  if (form === "text") return text;
  if (form === "id") return label("", text);
  if (form === "day" || name === "day" || name.endsWith("_day")) return day(text, lang);
  if (name === "fen" || name.endsWith("_fen")) return money(Number(value));
  if (form) return word(form, text, lang);
  if (typeof value === "number") return count(value, Number.isInteger(value) ? 0 : 1);
  return named(text, names, lang) ?? (REFS[name] || name === "member" ? label(name, text) : text);
}

function filled(template: string, facts: Facts, names: Names, lang: Lang): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const slot of template.matchAll(/\{(\w+)(?:\|(\w+))?\}/g)) {
    if (slot.index > from) parts.push({ text: template.slice(from, slot.index) });
    from = slot.index + slot[0].length;
    const name = slot[1] ?? "";
    const value = facts[name] ?? null;
    const ref = REFS[name];
    if (value === null) parts.push({ text: "—" });
    else {
      const text = formed(name, slot[2] ?? "", value, names, lang);
      parts.push(ref && typeof value === "string" ? { text, ref: { kind: ref, id: value } } : { text });
    }
  }
  if (from < template.length) parts.push({ text: template.slice(from) });
  return parts;
}

/** The sentence of an event; an unknown kind is shown by its code, never hidden. */
export function sentence(kind: string, facts: Facts, names: Names, lang: Lang): readonly Part[] {
  const saying = SAYINGS[kind];
  return saying ? filled(saying[lang], facts, names, lang) : [{ text: kind }];
}

/** The sentence as plain text. */
export function plain(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join("");
}

/** How an event should be coloured. */
export function eventTone(kind: string): Tone {
  return SAYINGS[kind]?.tone ?? "calm";
}

/** Whether the feed shows an event of this kind without being asked. */
export function isNews(kind: string): boolean {
  return SAYINGS[kind]?.isNews ?? true;
}

/** Every kind of event the console has words for. */
export const KNOWN_EVENTS: readonly string[] = Object.keys(SAYINGS);

/** The kinds the feed shows without being asked. */
export const NEWS_KINDS: readonly string[] = KNOWN_EVENTS.filter(isNews);

/** ` · 影响 14 单 · 已通知 14 人` as parts; what an event has caused so far, empty when it caused nothing. */
export function consequences(effects: { orders: number; members: number; works?: number; purchases?: number }, lang: Lang): readonly string[] {
  const said: string[] = [];
  const { orders, members, works = 0, purchases = 0 } = effects;
  if (purchases > 0) said.push(lang === "zh" ? `自动采购 ${purchases} 单` : plural(purchases, "purchase") + " placed");
  if (works > 0) said.push(lang === "zh" ? `开工单 ${works} 张` : plural(works, "work order") + " opened");
  if (orders > 0) said.push(lang === "zh" ? `影响 ${count(orders)} 单` : plural(orders, "order") + " affected");
  if (members > 0) said.push(lang === "zh" ? `已通知 ${count(members)} 人` : plural(members, "buyer") + " told");
  return said;
}

function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}
