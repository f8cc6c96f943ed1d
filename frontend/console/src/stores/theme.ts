/** Light or dark: the system's choice until a person makes one. */

import { computed, readonly, ref } from "vue";

const KEPT = "roulian.theme";
const dark = ref(document.documentElement.classList.contains("dark"));

export const isDark = readonly(dark);

/** Switch between light and dark, and remember it. */
export function toggleTheme(): void {
  dark.value = !dark.value;
  document.documentElement.classList.toggle("dark", dark.value);
  localStorage.setItem(KEPT, dark.value ? "dark" : "light");
}

/** The palette as charts need it: read again whenever the theme changes. */
export const palette = computed(() => {
  void dark.value;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour("ink"),
    ink2: colour("ink-2"),
    ink3: colour("ink-3"),
    card: colour("card"),
    line: colour("line"),
    line2: colour("line-2"),
    accent: colour("accent"),
    accentSoft: colour("accent-soft"),
    watch: colour("watch"),
    bad: colour("bad"),
    good: colour("good"),
    bar: colour("bar"),
    band: colour("band"),
    series: ["s1", "s2", "s3", "s4", "s5", "s6"].map(colour),
  };
});

export type Palette = (typeof palette)["value"];
