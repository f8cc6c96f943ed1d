/** Signals by day, stacked by kind: from the faintest intent to the strongest. */

import type { Lang } from "@roulian/shared";

import type { Schemas } from "../api/client.ts";
import type { Palette } from "../stores/theme.ts";
import { frame } from "./frame.ts";

interface Said {
  readonly lang: Lang;
  readonly palette: Palette;
  readonly name: (kind: string) => string;
}

/** Kinds that ever occurred, in the order they are stacked. */
export function shownKinds(series: Readonly<Record<string, readonly number[]>>): string[] {
  return Object.keys(series).filter((kind) => series[kind]?.some((n) => n > 0));
}

export function signalOption(days: Schemas["SignalDays"], { lang, palette, name }: Said) {
  const base = frame({ days: days.days, lang, palette });
  return {
    ...base,
    series: shownKinds(days.series).map((kind, i) => ({
      name: name(kind),
      type: "bar",
      stack: "signals",
      barWidth: "68%",
      itemStyle: { color: palette.series[i % palette.series.length] },
      data: days.series[kind],
    })),
  };
}
