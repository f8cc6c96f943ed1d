import { expect, test } from "vitest";

import { ceiling, daysFrom } from "../src/charts/frame.ts";
import { chartDays, laid } from "../src/charts/product.ts";
import { shownKinds } from "../src/charts/signals.ts";
import { ARCS, arcOf, pace, ROUND } from "../src/ring/geometry.ts";

const band = { made_day: "2026-06-03", first_day: "2026-06-04", low: [1, 2], mid: [3, 4], high: [6, 8] };

test("days follow each other over the end of a month", () => {
  expect(daysFrom("2026-02-27", 3)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
});

test("a chart runs from the known past to the end of the forecast", () => {
  const days = chartDays({ first_day: "2026-06-01", demand: [5, 5, 5], forecast: band });

  expect(days[0]).toBe("2026-06-01");
  expect(days[days.length - 1]).toBe("2026-06-05");
});

test("a band lies on its own days and the stacked width is high less low", () => {
  const days = daysFrom("2026-06-03", 4);

  expect(laid(band, days)).toEqual({ low: [null, 1, 2, null], mid: [null, 3, 4, null], width: [null, 5, 6, null] });
});

test("days of a band that the chart does not show are left out", () => {
  expect(laid(band, ["2026-06-05"]).mid).toEqual([4]);
  expect(laid(null, ["2026-06-05"]).mid).toEqual([null]);
});

test("one freak day does not flatten a month", () => {
  const month = Array.from({ length: 30 }, () => 20);

  expect(ceiling([...month, 4_000])).toBe(30);
  expect(ceiling([...month, 41])).toBe(50);
  expect(ceiling([])).toBe(1);
});

test("kinds of signals that never came in take no place in the legend", () => {
  expect(shownKinds({ view: [0, 3], scan: [0, 0] })).toEqual(["view"]);
});

test("the ring is closed: every station hands on to the next", () => {
  const outer = ARCS.filter((arc) => arc.isOuter);

  expect(outer.map((arc) => arc.from)).toEqual([...ROUND]);
  expect(outer.map((arc) => arc.to)).toEqual([...ROUND.slice(1), ROUND[0]]);
});

test("a delay travels from deciding to selling, and an unknown event nowhere", () => {
  expect(arcOf("make.SupplierDelayed")).toMatchObject({ from: "decide", to: "sell" });
  expect(arcOf("care.Asked")).toBeUndefined();
});

test("an arc is livelier the more there is, and stands still at nothing", () => {
  expect(pace(0)).toBe(0);
  expect(pace(1_000)).toBeLessThan(pace(10));
});
