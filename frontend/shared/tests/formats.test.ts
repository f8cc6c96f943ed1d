import { describe, expect, test } from "vitest";

import { brief, clock, count, day, dayLong, dayOf, daysBetween, moment, money, moneyBrief, percent, tail } from "../src/index.ts";

describe("numbers", () => {
  test("thousands are grouped and trailing zeros dropped", () => {
    expect(count(1234567)).toBe("1,234,567");
    expect(count(12.5, 2)).toBe("12.5");
    expect(count(1234.5678, 2)).toBe("1,234.57");
  });

  test("a negative number has a real minus sign and zero has none", () => {
    expect(count(-3)).toBe("−3");
    expect(count(-0.2)).toBe("0");
  });

  test("large numbers are short in each language's own steps", () => {
    expect(brief(9999, "zh")).toBe("9,999");
    expect(brief(12_345, "zh")).toBe("1.2万");
    expect(brief(12_345, "en")).toBe("12.3k");
    expect(brief(340_000_000, "zh")).toBe("3.4亿");
    expect(brief(340_000_000, "en")).toBe("340M");
  });

  test("fen become yuan without passing through a float", () => {
    expect(money(123456789)).toBe("¥1,234,567.89");
    expect(money(5)).toBe("¥0.05");
    expect(money(-1990)).toBe("−¥19.90");
    expect(moneyBrief(12_345_600, "zh")).toBe("¥12.3万");
  });

  test("a ratio is a percentage", () => {
    expect(percent(0.952, 1)).toBe("95.2%");
    expect(percent(1)).toBe("100%");
  });
});

describe("time is Asia/Shanghai wherever the browser is", () => {
  const justBeforeMidnight = Date.parse("2011-06-12T15:59:00Z");

  test("an instant falls on the Shanghai day", () => {
    expect(dayOf(justBeforeMidnight)).toBe("2011-06-12");
    expect(dayOf(justBeforeMidnight + 60_000)).toBe("2011-06-13");
    expect(clock(justBeforeMidnight)).toBe("23:59");
    expect(moment(justBeforeMidnight, "zh")).toBe("6月12日 23:59");
  });

  test("days are written each language's way", () => {
    expect(day("2011-06-12", "zh")).toBe("6月12日");
    expect(day("2011-06-02", "en")).toBe("2 Jun");
    expect(dayLong("2011-06-12", "zh")).toBe("2011年6月12日 周日");
    expect(daysBetween("2011-02-27", "2011-03-02")).toBe(3);
  });
});

test("an id is told apart by its tail", () => {
  expect(tail("ord_01J8ZK4QW0000000000007QK2M")).toBe("7QK2M");
  expect(tail("22423")).toBe("22423");
});
