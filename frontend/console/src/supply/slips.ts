/** What a person can do to shelves by hand, and what each form asks. */

import { api, type Schemas, take } from "../api/client.ts";

export const HANDS = ["send", "count", "quarantine", "clear", "adjust", "receive", "take_back"] as const;
export type Hand = (typeof HANDS)[number];

/** A line of the form: `qty` as typed, `lot` empty for none. */
export interface Line {
  sku: string;
  qty: number | null;
  lot: string;
}

/** What the form holds; each kind sends what its door asks for. */
export interface Sheet {
  key: string;
  place: string;
  destination: string;
  day: string;
  reason: string;
  lines: Line[];
}

/** Which kinds have several lines: the others change one shelf at a time. */
export const MANY: readonly Hand[] = ["send", "count", "quarantine", "clear"];
/** Which kinds bring goods in, so that a lot's last day may be told. */
export const COMES: readonly Hand[] = ["receive", "take_back"];

/** A number for one slip: sent again after a lost answer, it is the same slip. */
export function drawn(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An empty sheet with a number of its own. */
export function empty(place: string): Sheet {
  return { key: drawn(), place, destination: "", day: "", reason: "", lines: [{ sku: "", qty: null, lot: "" }] };
}

/** Enters the sheet; a count answers with what the books had said. */
export async function enter(hand: Hand, sheet: Sheet): Promise<Schemas["CountedSheet"] | null> {
  const { key, place, reason } = sheet;
  const day = sheet.day || null;
  const lines = sheet.lines.map((line) => ({ sku: line.sku, qty: line.qty ?? 0, lot: line.lot || null }));
  const one = lines[0] ?? { sku: "", qty: 0, lot: null };
  const set = { body: { key, place, lines, reason } };
  const came = { body: { key, place, ...one, expires_day: day, reason } };
  switch (hand) {
    case "send": {
      const body = { key, origin: place, destination: sheet.destination, lines, expected_day: day, reason };
      await take(api.POST("/api/console/stock/transfers", { body }));
      return null;
    }
    case "count":
      return take(api.POST("/api/console/stock/counts", set));
    case "quarantine":
      await take(api.POST("/api/console/stock/quarantine", set));
      return null;
    case "clear":
      await take(api.POST("/api/console/stock/clear", set));
      return null;
    case "adjust":
      await take(api.POST("/api/console/stock/adjustments", { body: { key, place, ...one, reason } }));
      return null;
    case "receive":
      await take(api.POST("/api/console/stock/receipts", came));
      return null;
    case "take_back":
      await take(api.POST("/api/console/stock/returns", came));
      return null;
  }
}
