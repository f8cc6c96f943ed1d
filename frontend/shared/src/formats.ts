/** How numbers, money, days and ids are written for people. Pure functions: same input, same text, on every machine. */

export type Lang = "zh" | "en";

const SHANGHAI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const WEEKDAYS: Record<Lang, readonly string[]> = {
  zh: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
  en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
};
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const pad = (n: number): string => String(n).padStart(2, "0");

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** `1,234` or `1,234.5`; at most `places` decimals, trailing zeros dropped; a minus sign that lines up with digits. */
export function count(n: number, places = 0): string {
  const fixed = Math.abs(n).toFixed(places);
  const [whole = "0", part = ""] = fixed.split(".");
  const rest = part.replace(/0+$/, "");
  const isZero = Number(fixed) === 0;
  return (n < 0 && !isZero ? "−" : "") + grouped(whole) + (rest ? `.${rest}` : "");
}

/** Short form for tight places: `1.2万` / `12k`, `3.4亿` / `340M`; below 10,000 it is written out. */
export function brief(n: number, lang: Lang): string {
  const size = Math.abs(n);
  if (size < 10_000) return count(n, size < 10 && !Number.isInteger(n) ? 1 : 0);
  if (lang === "zh") return size < 1e8 ? `${count(n / 1e4, 1)}万` : `${count(n / 1e8, 2)}亿`;
  return size < 1e6 ? `${count(n / 1e3, 1)}k` : `${count(n / 1e6, 1)}M`;
}

/** `¥12.34` from whole fen. */
export function money(fen: number): string {
  const size = Math.abs(fen);
  return `${fen < 0 ? "−" : ""}¥${grouped(String(Math.floor(size / 100)))}.${pad(size % 100)}`;
}

/** `¥1.2万` / `¥12k`: money where only its size matters. */
export function moneyBrief(fen: number, lang: Lang): string {
  const yuan = fen / 100;
  return `${yuan < 0 ? "−" : ""}¥${brief(Math.abs(Math.round(yuan)), lang)}`;
}

/** `95.2%` from a ratio in 0..1. */
export function percent(ratio: number, places = 0): string {
  return `${count(ratio * 100, places)}%`;
}

/** `6月12日` / `12 Jun` from `YYYY-MM-DD`. */
export function day(iso: string, lang: Lang): string {
  const [, month = 1, date = 1] = iso.split("-").map(Number);
  return lang === "zh" ? `${month}月${date}日` : `${date} ${MONTHS[month - 1]}`;
}

/** `2011年6月12日 周日` / `Sun 12 Jun 2011`. */
export function dayLong(iso: string, lang: Lang): string {
  const weekday = WEEKDAYS[lang][new Date(`${iso}T00:00:00Z`).getUTCDay()];
  const year = iso.slice(0, 4);
  return lang === "zh" ? `${year}年${day(iso, lang)} ${weekday}` : `${weekday} ${day(iso, lang)} ${year}`;
}

/** The Asia/Shanghai day of an instant, `YYYY-MM-DD`. */
export function dayOf(ms: number): string {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** `09:05` in Asia/Shanghai. */
export function clock(ms: number): string {
  const inDay = (((ms + SHANGHAI_MS) % DAY_MS) + DAY_MS) % DAY_MS;
  return `${pad(Math.floor(inDay / 3_600_000))}:${pad(Math.floor(inDay / 60_000) % 60)}`;
}

/** `6月12日 09:05` / `12 Jun 09:05`. */
export function moment(ms: number, lang: Lang): string {
  return `${day(dayOf(ms), lang)} ${clock(ms)}`;
}

/** Whole days from one ISO day to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The tail of an id, enough to tell rows apart: `ord_01J…7QK2M` → `7QK2M`. */
export function tail(id: string): string {
  const body = id.slice(id.indexOf("_") + 1);
  return body.length <= 6 ? body : body.slice(-5);
}
