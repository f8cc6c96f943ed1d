/** The page's own words. What the business says (statuses, events) comes from `@roulian/shared`. */

import type { Lang } from "@roulian/shared";
import { computed, type ComputedRef } from "vue";
import { createI18n } from "vue-i18n";

import en from "./en.ts";
import zh from "./zh.ts";

const KEPT = "roulian.lang";

function firstLang(): Lang {
  return localStorage.getItem(KEPT) === "en" ? "en" : "zh";
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLang(),
  fallbackLocale: "zh",
  messages: { zh, en },
});

/** The language on the page now. */
export const lang: ComputedRef<Lang> = computed(() => (i18n.global.locale.value === "en" ? "en" : "zh"));

/** Speak `to` from now on, and remember it. */
export function speak(to: Lang): void {
  i18n.global.locale.value = to;
  localStorage.setItem(KEPT, to);
  document.documentElement.lang = to === "zh" ? "zh-CN" : "en";
}

speak(firstLang());
