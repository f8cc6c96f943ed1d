// @ts-check
/** Time and money as people read them; WeChat's days are China's. */

import { lang, t } from './words.js';

const ZONE = 'Asia/Shanghai';
const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', weekday: 'short', hourCycle: 'h23',
});
const WEEKDAYS = /** @type {Record<string, string>} */ ({ Mon: '周一', Tue: '周二', Wed: '周三', Thu: '周四', Fri: '周五', Sat: '周六', Sun: '周日' });

/** @param {number} ms */
function split(ms) {
  return Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, part.value]));
}

/** `2026-02-25` @param {number} ms */
export function day(ms) {
  const at = split(ms);
  return `${at.year}-${at.month}-${at.day}`;
}

/** `14:03:20` @param {number} ms */
export function clockTime(ms) {
  const at = split(ms);
  return `${at.hour}:${at.minute}:${at.second}`;
}

/** `2026-02-25 14:03:20` @param {number} ms */
export function moment(ms) {
  return `${day(ms)} ${clockTime(ms)}`;
}

/** `周三` @param {number} ms */
export function weekday(ms) {
  const short = split(ms).weekday ?? '';
  return lang === 'zh' ? (WEEKDAYS[short] ?? short) : short;
}

/** As a chat list shows it: the time today, `昨天`, else the date. @param {number} ms @param {number} now */
export function chatTime(ms, now) {
  if (day(ms) === day(now)) return clockTime(ms).slice(0, 5);
  if (day(ms) === day(now - 86_400_000)) return `${t('yesterday')} ${clockTime(ms).slice(0, 5)}`;
  return day(ms).slice(0, 4) === day(now).slice(0, 4) ? day(ms).slice(5) : day(ms);
}

/** How long, in the largest unit that says enough: `3 分 20 秒`. @param {number} ms */
export function span(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  const [d, hours, minutes, seconds] = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60), s % 60];
  if (d) return hours ? t('spanDH', { d, h: hours }) : t('spanD', { d });
  if (hours) return minutes ? t('spanHM', { h: hours, m: minutes }) : t('spanH', { h: hours });
  if (minutes) return seconds ? t('spanMS', { m: minutes, s: seconds }) : t('spanM', { m: minutes });
  return t('spanS', { s: seconds });
}

/** `¥123.00` @param {number} fen */
export function yuan(fen) {
  return `¥${(fen / 100).toFixed(2)}`;
}
