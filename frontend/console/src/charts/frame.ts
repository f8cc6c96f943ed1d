/** What every chart shares: fonts, grid, axes and tooltip in the page's own colours. */

import { day, type Lang } from "@roulian/shared";

import type { Palette } from "../stores/theme.ts";

const FONT = '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';

export interface Frame {
  readonly days: readonly string[];
  readonly lang: Lang;
  readonly palette: Palette;
}

/** The option parts common to all charts over days. */
export function frame({ days, lang, palette }: Frame) {
  const text = { fontFamily: FONT, fontSize: 12, color: palette.ink2 };
  return {
    animation: false,
    textStyle: text,
    aria: { enabled: false },
    grid: { left: 46, right: 18, top: 38, bottom: 28 },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, itemGap: 16, textStyle: text, inactiveColor: palette.line2 },
    tooltip: {
      trigger: "axis",
      backgroundColor: palette.card,
      borderColor: palette.line2,
      textStyle: { ...text, color: palette.ink },
      axisPointer: { type: "line", lineStyle: { color: palette.line2 } },
    },
    xAxis: {
      type: "category",
      data: [...days],
      axisLine: { lineStyle: { color: palette.line2 } },
      axisTick: { show: false },
      axisLabel: { color: palette.ink3, fontFamily: FONT, hideOverlap: true, formatter: (iso: string) => day(iso, lang) },
    },
    yAxis: {
      type: "value",
      minInterval: 1,
      axisLabel: { color: palette.ink3, fontFamily: FONT },
      splitLine: { lineStyle: { color: palette.line } },
    },
  } as const;
}

/** The ISO days from `first`, `n` of them. */
export function daysFrom(first: string, n: number): string[] {
  const start = Date.parse(`${first}T00:00:00Z`);
  return Array.from({ length: n }, (_, i) => new Date(start + i * 86_400_000).toISOString().slice(0, 10));
}

const FENCE = 3;

/** The top of an axis: the largest value, unless one freak day would flatten all others; then a round number above them. */
export function ceiling(values: readonly number[]): number {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const largest = sorted[sorted.length - 1] ?? 1;
  const usual = sorted[Math.floor(sorted.length * 0.95)] ?? largest;
  return rounded(largest > usual * FENCE ? usual * 1.5 : largest);
}

const ROUND_STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

function rounded(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return (ROUND_STEPS.find((step) => step * power >= value) ?? 10) * power;
}
