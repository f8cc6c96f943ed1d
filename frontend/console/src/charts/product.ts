/** The product chart: demand as bars, what was and is forecast as bands, stock as a line, and what happened on it. */

import { count, dayLong, daysBetween, type Lang } from "@roulian/shared";

import type { Schemas } from "../api/client.ts";
import type { Palette } from "../stores/theme.ts";
import { ceiling, daysFrom, frame } from "./frame.ts";

type Detail = Schemas["ProductDetail"];
type Band = Schemas["BandView"];
type Cells = (number | null)[];

/** A band's three lines laid over `days`; days it does not reach are null. */
export function laid(band: Band | null, days: readonly string[]): { low: Cells; mid: Cells; width: Cells } {
  const first = days[0] ?? "";
  const empty = (): Cells => days.map(() => null);
  const lines = { low: empty(), mid: empty(), width: empty() };
  if (!band || !first) return lines;
  const shift = daysBetween(first, band.first_day);
  band.mid.forEach((mid, i) => {
    const at = shift + i;
    if (at < 0 || at >= days.length) return;
    const low = band.low[i] ?? 0;
    lines.low[at] = low;
    lines.mid[at] = mid;
    lines.width[at] = (band.high[i] ?? low) - low;
  });
  return lines;
}

/** Every day the chart shows: the past that is known and the days that are forecast. */
export function chartDays(detail: Pick<Detail, "first_day" | "demand" | "forecast">): string[] {
  const past = detail.demand.length;
  const band = detail.forecast;
  const ahead = band ? daysBetween(detail.first_day, band.first_day) + band.mid.length : 0;
  return daysFrom(detail.first_day, Math.max(past, ahead));
}

interface Said {
  readonly t: (key: string) => string;
  readonly lang: Lang;
  readonly palette: Palette;
}

function band(name: string, lines: { low: Cells; width: Cells }, colour: string) {
  const shared = { type: "line", stack: name, symbol: "none", lineStyle: { opacity: 0 }, silent: true, z: 1 };
  return [
    { ...shared, name: `${name}·`, data: lines.low, tooltip: { show: false } },
    { ...shared, name, data: lines.width, areaStyle: { color: colour, opacity: 1 }, itemStyle: { color: colour } },
  ];
}

export function productOption(detail: Detail, { t, lang, palette }: Said) {
  const days = chartDays(detail);
  const base = frame({ days, lang, palette });
  const ahead = laid(detail.forecast, days);
  const then = laid(detail.earlier, days);
  const top = (iso: string, y: number): [string, number] => [iso, y];
  const stockAt = (iso: string): number => detail.stock[daysBetween(detail.first_day, iso)] ?? 0;
  const odd = detail.anomalies.filter((anomaly) => days.includes(anomaly.day));
  const fell = detail.crossings.filter((crossing) => days.includes(crossing.day));
  const due = detail.purchases.filter((purchase) => days.includes(purchase.expected_day));

  return {
    ...base,
    legend: {
      ...base.legend,
      data: [
        { name: t("demand"), icon: "roundRect" },
        { name: t("band"), icon: "roundRect" },
        { name: t("earlierBand"), icon: "roundRect" },
        { name: t("mid") },
        { name: t("stockLine") },
        { name: t("crossing"), icon: "triangle" },
        { name: t("purchase"), icon: "diamond" },
        { name: t("anomaly"), icon: "circle" },
      ],
    },
    grid: { ...base.grid, top: 62, right: 50 },
    tooltip: { ...base.tooltip, formatter: (points: unknown) => tip(points as Point[], lang) },
    yAxis: [{ ...base.yAxis, max: ceiling([...detail.demand, ...(detail.forecast?.high ?? []), ...(detail.earlier?.high ?? [])]) }, { ...base.yAxis, splitLine: { show: false } }],
    series: [
      ...band(t("earlierBand"), then, palette.line),
      ...band(t("band"), ahead, palette.band),
      {
        name: t("demand"),
        type: "bar",
        data: detail.demand.map((units) => Math.max(0, units)),
        itemStyle: { color: palette.bar, borderRadius: [2, 2, 0, 0] },
        barWidth: "62%",
        z: 2,
      },
      { name: t("mid"), type: "line", data: ahead.mid, symbol: "none", lineStyle: { color: palette.accent, width: 1.6 }, itemStyle: { color: palette.accent }, z: 3 },
      {
        name: t("stockLine"),
        type: "line",
        step: "end",
        yAxisIndex: 1,
        data: detail.stock,
        symbol: "none",
        connectNulls: false,
        lineStyle: { color: palette.ink2, width: 1.4 },
        itemStyle: { color: palette.ink2 },
        markLine: detail.product.safety
          ? {
              silent: true,
              symbol: "none",
              lineStyle: { color: palette.watch, type: "dashed" },
              label: { formatter: t("safetyLine"), position: "insideStartTop", color: palette.watch, fontSize: 12 },
              data: [{ yAxis: detail.product.safety }],
            }
          : { data: [] },
        z: 4,
      },
      mark(t("crossing"), "triangle", palette.watch, fell.map((crossing) => top(crossing.day, stockAt(crossing.day))), 1),
      mark(t("purchase"), "diamond", palette.good, due.map((purchase) => top(purchase.expected_day, 0)), 1),
      mark(t("anomaly"), "circle", palette.bad, odd.map((anomaly) => top(anomaly.day, anomaly.actual)), 0),
    ],
  };
}

function mark(name: string, symbol: string, colour: string, data: [string, number][], yAxisIndex: number) {
  return { name, type: "scatter", symbol, symbolSize: 10, data, yAxisIndex, itemStyle: { color: colour }, z: 6 };
}

interface Point {
  readonly axisValue: string;
  readonly seriesName: string;
  readonly value: number | null | readonly [string, number];
  readonly marker: string;
}

function tip(points: readonly Point[], lang: Lang): string {
  const lines = points
    .filter((point) => !point.seriesName.endsWith("·") && point.value !== null && point.value !== undefined)
    .map((point) => {
      const value = Array.isArray(point.value) ? point.value[1] : (point.value as number);
      return `${point.marker}${point.seriesName} <b>${count(Number(value), 1)}</b>`;
    });
  return [dayLong(points[0]?.axisValue ?? "1970-01-01", lang), ...lines].join("<br>");
}
