/** What the server pushes: the ring about once a second, and events as they happen. One connection per page. */

import { useQueryClient } from "@tanstack/vue-query";
import { computed, onScopeDispose, shallowRef } from "vue";

import type { Schemas } from "../api/client.ts";

export type Ring = Schemas["RingView"];
export type Happened = Schemas["EventView"];

const ring = shallowRef<Ring | null>(null);
const fresh = shallowRef<readonly Happened[]>([]);
const connected = shallowRef(true);

export const liveRing = computed(() => ring.value);
/** The newest batch of events; each push replaces it. */
export const liveEvents = computed(() => fresh.value);
export const isConnected = computed(() => connected.value);

/** Take a state of the ring that came as the answer to an action, without waiting for the next push. */
export function setClock(clock: Ring["clock"]): void {
  if (ring.value) ring.value = { ...ring.value, clock };
}

/** Listen for as long as the calling scope lives; open pages are asked again while simulated time moves. */
export function listen(): void {
  const queries = useQueryClient();
  const source = new EventSource("/api/console/stream");
  let lastRefresh = 0;
  let lastNow = 0;

  source.addEventListener("ring", (message) => {
    const next = JSON.parse((message as MessageEvent<string>).data) as Ring;
    ring.value = next;
    connected.value = true;
    const moved = next.clock.now_ms !== lastNow;
    if (moved && Date.now() - lastRefresh > 2_500 && !document.hidden) {
      lastRefresh = Date.now();
      lastNow = next.clock.now_ms;
      void queries.invalidateQueries({ refetchType: "active" });
    }
  });
  source.addEventListener("events", (message) => {
    fresh.value = JSON.parse((message as MessageEvent<string>).data) as Happened[];
  });
  source.addEventListener("open", () => (connected.value = true));
  source.addEventListener("error", () => (connected.value = false));
  onScopeDispose(() => source.close());
}
