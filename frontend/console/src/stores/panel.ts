/** The side panel: what is open in it, and the way back. */

import { computed, shallowRef } from "vue";

export type Panel =
  | { readonly kind: "number"; readonly key: string }
  | { readonly kind: "event"; readonly id: string };

const trail = shallowRef<readonly Panel[]>([]);

export const panel = computed<Panel | null>(() => trail.value[trail.value.length - 1] ?? null);
export const canGoBack = computed(() => trail.value.length > 1);

/** Open something on top of what is open. */
export function openPanel(next: Panel): void {
  trail.value = [...trail.value, next];
}

/** Back to what was open before. */
export function back(): void {
  trail.value = trail.value.slice(0, -1);
}

/** Close the panel and forget the way. */
export function closePanel(): void {
  trail.value = [];
}
