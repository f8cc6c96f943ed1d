import { describe, expect, test } from "vitest";

import { codes, consequences, KNOWN_EVENTS, type Lang, NEWS_KINDS, plain, sentence, tone, word } from "../src/index.ts";

const LANGS: readonly Lang[] = ["zh", "en"];
const delayed = {
  purchase: "pur_01J8ZK4QW0000000000007QK2M",
  supplier: "sup_1",
  sku: "sku_1",
  was_day: "2011-06-12",
  now_day: "2011-06-16",
  qty: 400,
};
const names = { sup_1: { zh: "海川包装", en: "Haichuan Packaging" }, sku_1: { zh: "瓷杯", en: "Mug" } };

describe("a supplier's delay", () => {
  test("is one plain Chinese sentence", () => {
    const said = sentence("make.SupplierDelayed", delayed, names, "zh");

    expect(plain(said)).toBe("供应商 海川包装 将 PO-7QK2M 从 6月12日 推迟到 6月16日");
  });

  test("is one plain English sentence", () => {
    const said = sentence("make.SupplierDelayed", delayed, names, "en");

    expect(plain(said)).toBe("Haichuan Packaging moved PO-7QK2M from 12 Jun to 16 Jun");
  });

  test("opens its supplier and its purchase", () => {
    const opens = sentence("make.SupplierDelayed", delayed, names, "zh").flatMap((part) => part.ref ?? []);

    expect(opens).toEqual([
      { kind: "supplier", id: "sup_1" },
      { kind: "purchase", id: delayed.purchase },
    ]);
  });

  test("says what it caused", () => {
    expect(consequences({ orders: 14, members: 14 }, "zh")).toEqual(["影响 14 单", "已通知 14 人"]);
    expect(consequences({ orders: 1, members: 0 }, "en")).toEqual(["1 order affected"]);
  });
});

test("an unknown kind of event is shown by its code", () => {
  expect(plain(sentence("care.Asked", {}, {}, "zh"))).toBe("care.Asked");
});

test("codes inside a sentence are said in words", () => {
  const facts = { notice: "ntc_1", member: "mem_01J8ZK4QW0000000000007QK2M", scenario: "delay", door: "subscribe" };

  expect(plain(sentence("tell.NoticeSent", facts, {}, "zh"))).toBe("延误说明经订阅消息送达 #7QK2M");
  expect(plain(sentence("tell.NoticeSent", facts, {}, "en"))).toBe("Delay reached #7QK2M by Subscribe message");
});

test("a missing fact leaves a dash, not the slot", () => {
  expect(plain(sentence("stock.StockReceived", { sku: "sku_1", qty: null }, names, "zh"))).toBe("瓷杯 入库 — 件");
});

test.each(LANGS)("no sentence leaves an open slot in %s", (lang) => {
  for (const kind of KNOWN_EVENTS) expect(plain(sentence(kind, {}, {}, lang))).not.toMatch(/[{}|]/);
});

test.each(LANGS)("both languages of a sentence tell the same facts (%s)", (lang) => {
  const other: Lang = lang === "zh" ? "en" : "zh";
  const told = (kind: string, l: Lang): number => plain(sentence(kind, {}, {}, l)).split("—").length;
  for (const kind of KNOWN_EVENTS) expect([kind, told(kind, lang)]).toEqual([kind, told(kind, other)]);
});

test("what is said by the hundred is no news", () => {
  expect(NEWS_KINDS).toContain("make.SupplierDelayed");
  expect(NEWS_KINDS).not.toContain("sell.OrderPaid");
});

describe("status words", () => {
  test("are found whatever the case of the code", () => {
    expect(word("order", "PAID_AFTER_CANCEL", "zh")).toBe("取消后付款");
    expect(tone("purchase", "LATE")).toBe("bad");
  });

  test("show an unknown code as it is", () => {
    expect(word("order", "teleported", "en")).toBe("teleported");
    expect(tone("order", "teleported")).toBe("calm");
  });

  test("of a family can be listed for a filter", () => {
    expect(codes("proposal")).toEqual(["open", "applied", "rejected"]);
  });
});
